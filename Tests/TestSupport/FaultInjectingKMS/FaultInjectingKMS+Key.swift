import Foundation

extension FaultInjectingKMS {
    /// A KMS key: its state, its policy in brief, and its materials, of which the last is current.
    struct Key: Sendable {
        let id: String
        let arn: String
        var state = KeyState.enabled
        var usage = "ENCRYPT_DECRYPT"
        var spec = "SYMMETRIC_DEFAULT"
        var origin = "AWS_KMS"
        var deletionDate: Date?
        /// When imported material ends.
        var validTo: Date?
        /// The days between automatic rotations; nil where they are off.
        var rotationPeriod: Int?
        /// The materials that a rotation brought, and whether that was `AUTOMATIC` or `ON_DEMAND`.
        var rotationTypes: [String: String] = [:]
        /// What a policy that is too wide allows beyond what ekmd needs.
        var allowedInAddition: Set<Operation> = []
        var materials = [KeyMaterial()]
        var denied: Set<Operation> = []
        var requiredContext: [String: String] = [:]

        var current: KeyMaterial { materials[materials.count - 1] }

        /// Automatic rotations count from the last rotation of either kind.
        var nextRotation: Date? { rotationPeriod.map { current.createdAt + Double($0) * 86_400 } }

        /// Why the state forbids to use the key; nil when it does not.
        var refusal: Refusal? {
            switch state {
            case .enabled: nil
            case .disabled: Refusal("DisabledException", "\(arn) is disabled.")
            default: Refusal("KMSInvalidStateException", "\(arn) is \(state.words).")
            }
        }
    }

    /// The states of AWS's `KeyState`.
    package enum KeyState: String, CaseIterable, Sendable {
        case enabled = "Enabled"
        case disabled = "Disabled"
        case pendingDeletion = "PendingDeletion"
        case pendingImport = "PendingImport"
        case pendingReplicaDeletion = "PendingReplicaDeletion"
        case unavailable = "Unavailable"
        case creating = "Creating"
        case updating = "Updating"

        /// As in AWS's messages: "pending deletion".
        var words: String {
            rawValue.reduce(into: "") { $0 += $1.isUppercase && !$0.isEmpty ? " \($1.lowercased())" : $1.lowercased() }
        }
    }
}
