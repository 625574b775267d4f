/// What a request asks for. Numbers this version does not know survive, so that they can be answered.
package struct Operation: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    @inlinable
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let hello = Operation(rawValue: 1)
    package static let ping = Operation(rawValue: 2)
    package static let encrypt = Operation(rawValue: 3)
    package static let decrypt = Operation(rawValue: 4)
    package static let generateDataKey = Operation(rawValue: 5)
    package static let openDataKey = Operation(rawValue: 6)
    // Environments and the daemon.
    package static let createEnvironment = Operation(rawValue: 16)
    package static let listEnvironments = Operation(rawValue: 17)
    package static let showEnvironment = Operation(rawValue: 18)
    package static let deleteEnvironment = Operation(rawValue: 19)
    package static let status = Operation(rawValue: 20)
    package static let rootExport = Operation(rawValue: 21)
    package static let externalID = Operation(rawValue: 22)
    package static let deletionPreview = Operation(rawValue: 23)
    package static let confirmRootExport = Operation(rawValue: 24)
    // The main key.
    package static let replaceMainKey = Operation(rawValue: 32)
    package static let showMainKey = Operation(rawValue: 33)
    package static let refreshMainKey = Operation(rawValue: 34)
    package static let rotateMainKey = Operation(rawValue: 35)
    package static let withdrawMaterial = Operation(rawValue: 36)
    package static let cancelPendingMainKey = Operation(rawValue: 37)
    // Repack.
    package static let showRepack = Operation(rawValue: 40)
    package static let pauseRepack = Operation(rawValue: 41)
    package static let resumeRepack = Operation(rawValue: 42)
    package static let cancelRepack = Operation(rawValue: 43)
    // Lock, retention and erasure.
    package static let lockEnvironment = Operation(rawValue: 48)
    package static let unlockEnvironment = Operation(rawValue: 49)
    package static let setRetention = Operation(rawValue: 50)
    package static let previewErasure = Operation(rawValue: 51)
    package static let erase = Operation(rawValue: 52)
    package static let listReceipts = Operation(rawValue: 53)
    package static let showReceipt = Operation(rawValue: 54)
    package static let receiptPublicKey = Operation(rawValue: 55)
    // The clock, and what is wrong.
    package static let showClock = Operation(rawValue: 56)
    package static let acceptClock = Operation(rawValue: 57)
    package static let diagnose = Operation(rawValue: 58)
}

extension Operation {
    private static let names: [Operation: String] = [
        .hello: "hello", .ping: "ping", .encrypt: "encrypt", .decrypt: "decrypt", .generateDataKey: "generate-data-key",
        .openDataKey: "open-data-key", .createEnvironment: "create-environment", .listEnvironments: "list-environments",
        .showEnvironment: "show-environment", .deleteEnvironment: "delete-environment", .status: "status",
        .rootExport: "root-export", .externalID: "external-id", .deletionPreview: "deletion-preview",
        .confirmRootExport: "confirm-root-export",
        .replaceMainKey: "replace-main-key", .showMainKey: "show-main-key", .refreshMainKey: "refresh-main-key",
        .rotateMainKey: "rotate-main-key", .withdrawMaterial: "withdraw-material", .cancelPendingMainKey: "cancel-pending-main-key",
        .showRepack: "show-repack", .pauseRepack: "pause-repack", .resumeRepack: "resume-repack", .cancelRepack: "cancel-repack",
        .lockEnvironment: "lock-environment", .unlockEnvironment: "unlock-environment", .setRetention: "set-retention",
        .previewErasure: "preview-erasure", .erase: "erase", .listReceipts: "list-receipts", .showReceipt: "show-receipt",
        .receiptPublicKey: "receipt-public-key", .showClock: "show-clock", .acceptClock: "accept-clock", .diagnose: "diagnose",
    ]
    /// Sent again, these would do a second thing, or refuse and so hide that the first was done.
    private static let unrepeatable: Set<Operation> = [
        .createEnvironment, .deleteEnvironment, .replaceMainKey, .rotateMainKey, .withdrawMaterial, .cancelPendingMainKey, .cancelRepack,
        .erase,
    ]

    /// All operations of this version, in the order of their numbers.
    package static var all: [Operation] { names.keys.sorted { $0.rawValue < $1.rawValue } }
    /// Whether this version knows the operation.
    package var isKnown: Bool { Self.names[self] != nil }
    /// Whether sending the request twice does no more than sending it once.
    package var isRepeatable: Bool { !Self.unrepeatable.contains(self) }
}

extension Operation: CustomStringConvertible {
    package var description: String { Self.names[self] ?? "operation \(rawValue)" }
}
