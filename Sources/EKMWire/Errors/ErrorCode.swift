/// What kind of failure an answer reports. The numbers are stable; numbers of later versions survive.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    /// The number on the wire; 0 is success and no error.
    public let rawValue: UInt16

    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    // The frame.
    public static let malformedFrame = ErrorCode(rawValue: 1)
    public static let frameTooLarge = ErrorCode(rawValue: 2)
    public static let unknownOperation = ErrorCode(rawValue: 3)
    public static let malformedField = ErrorCode(rawValue: 4)
    public static let unsupportedVersion = ErrorCode(rawValue: 5)
    public static let incompleteFrame = ErrorCode(rawValue: 6)
    public static let noHello = ErrorCode(rawValue: 7)
    public static let duplicateID = ErrorCode(rawValue: 8)
    // Who may.
    public static let notGranted = ErrorCode(rawValue: 16)
    // The environment.
    public static let unknownEnvironment = ErrorCode(rawValue: 32)
    public static let environmentExists = ErrorCode(rawValue: 33)
    public static let invalidName = ErrorCode(rawValue: 34)
    public static let damaged = ErrorCode(rawValue: 35)
    public static let locked = ErrorCode(rawValue: 36)
    public static let pending = ErrorCode(rawValue: 37)
    // The ciphertext.
    public static let cannotDecrypt = ErrorCode(rawValue: 48)
    public static let wrongScope = ErrorCode(rawValue: 49)
    public static let unknownFormat = ErrorCode(rawValue: 50)
    public static let unknownKey = ErrorCode(rawValue: 51)
    public static let contextInvalid = ErrorCode(rawValue: 52)
    public static let erased = ErrorCode(rawValue: 53)
    // The verdict of the main key.
    public static let restricted = ErrorCode(rawValue: 64)
    public static let revoked = ErrorCode(rawValue: 65)
    public static let mismatched = ErrorCode(rawValue: 66)
    public static let throttled = ErrorCode(rawValue: 67)
    public static let unreachable = ErrorCode(rawValue: 68)
    // Setting a main key up.
    public static let mainKeyInaccessible = ErrorCode(rawValue: 80)
    public static let mainKeyCannotEncrypt = ErrorCode(rawValue: 81)
    public static let materialInvalid = ErrorCode(rawValue: 82)
    // Changing one.
    public static let replacementTooSoon = ErrorCode(rawValue: 83)
    public static let wrongKeyKind = ErrorCode(rawValue: 84)
    public static let materialDiffers = ErrorCode(rawValue: 85)
    public static let wouldLose = ErrorCode(rawValue: 86)
    public static let noRepack = ErrorCode(rawValue: 87)
    // The daemon.
    public static let limitReached = ErrorCode(rawValue: 96)
    public static let shuttingDown = ErrorCode(rawValue: 97)
    public static let storeFailed = ErrorCode(rawValue: 98)
    public static let internalError = ErrorCode(rawValue: 99)
    public static let confirmationMismatch = ErrorCode(rawValue: 100)
    public static let clockInDoubt = ErrorCode(rawValue: 101)
    public static let noReceipt = ErrorCode(rawValue: 102)
    public static let receiptDue = ErrorCode(rawValue: 103)
}
