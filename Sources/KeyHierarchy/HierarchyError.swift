/// Why the hierarchy did not do what was asked. No key byte, plaintext or context value is ever in it.
package struct HierarchyError: Error, Sendable, Equatable, CustomStringConvertible {
    package struct Code: Hashable, Sendable {
        package enum Value: Hashable, Sendable, CaseIterable {
            case invalidName, unknownEnvironment, environmentExists, confirmationMismatch
            case damaged, locked
            case cannotDecrypt, wrongScope, unknownFormat, unknownKey, invalidScope
            case restricted, revoked, mismatched, throttled, unreachable
            case mainKeyInaccessible, mainKeyCannotEncrypt, invalidMaterial
            case replacementTooSoon, wrongKind, materialDiffers, wouldLose, noRepack, erased, clockInDoubt, noReceipt, receiptDue,
                generationPassed
            case limitReached, storeFailed, wiped, `internal`
        }
        package let value: Value
        fileprivate init(_ value: Value) { self.value = value }

        package static let invalidName = Self(.invalidName)
        package static let unknownEnvironment = Self(.unknownEnvironment)
        package static let environmentExists = Self(.environmentExists)
        package static let confirmationMismatch = Self(.confirmationMismatch)
        package static let damaged = Self(.damaged)
        package static let locked = Self(.locked)
        /// The ciphertext was changed, or its context is another.
        package static let cannotDecrypt = Self(.cannotDecrypt)
        package static let wrongScope = Self(.wrongScope)
        /// Not one of our envelopes, or of a newer version.
        package static let unknownFormat = Self(.unknownFormat)
        package static let unknownKey = Self(.unknownKey)
        package static let invalidScope = Self(.invalidScope)
        package static let restricted = Self(.restricted)
        package static let revoked = Self(.revoked)
        package static let mismatched = Self(.mismatched)
        package static let throttled = Self(.throttled)
        package static let unreachable = Self(.unreachable)
        /// At set-up: cannot access the provided key.
        package static let mainKeyInaccessible = Self(.mainKeyInaccessible)
        /// At set-up: could not encrypt data with the provided key.
        package static let mainKeyCannotEncrypt = Self(.mainKeyCannotEncrypt)
        package static let invalidMaterial = Self(.invalidMaterial)
        /// The 24 hours since the last replacement have not passed.
        package static let replacementTooSoon = Self(.replacementTooSoon)
        /// The environment's main key is of a kind for which there is no such operation.
        package static let wrongKind = Self(.wrongKind)
        /// Uploaded material is not that which was withdrawn.
        package static let materialDiffers = Self(.materialDiffers)
        /// The change would leave keys without a wrap.
        package static let wouldLose = Self(.wouldLose)
        package static let noRepack = Self(.noRepack)
        /// The key was erased; a receipt says when and why.
        package static let erased = Self(.erased)
        /// The wall clock jumped, and is not believed until it is right again or accepted.
        package static let clockInDoubt = Self(.clockInDoubt)
        package static let noReceipt = Self(.noReceipt)
        /// The keys are erased, and their receipt waits until the store's log is emptied.
        package static let receiptDue = Self(.receiptDue)
        /// A generation of a main key that was there before is not followed back to.
        package static let generationPassed = Self(.generationPassed)
        package static let limitReached = Self(.limitReached)
        package static let storeFailed = Self(.storeFailed)
        /// The cache was wiped between fetching a key and keeping it; asking again is all there is to do.
        package static let wiped = Self(.wiped)
        package static let `internal` = Self(.internal)
    }

    package var code: Code
    /// What happened, and why.
    package var message: String
    /// What to do next.
    package var remedy: String
    /// The verdict that stands behind this, with when it was given and the KMS's own words.
    package var verdict: VerdictRecord?

    package init(_ code: Code, _ message: String, remedy: String, verdict: VerdictRecord? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.verdict = verdict
    }

    package static let wipedMeanwhile = Self(.wiped, "The environment's keys were wiped while this was under way.", remedy: "Try again.")

    package static func == (a: Self, b: Self) -> Bool { a.code == b.code }

    package var description: String { remedy.isEmpty ? message : "\(message) \(remedy)" }
}
