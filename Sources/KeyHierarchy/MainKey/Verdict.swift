/// How a call to a main key ended (design: "The KMS verdict").
package enum Verdict: UInt8, Sendable, CaseIterable {
    /// A decrypt of the environment's key succeeded.
    case granted = 1
    /// The KMS says "you may not". Nothing is extended; what is cached lives to its deadline.
    case restricted = 2
    /// The key is off or gone: the whole environment is wiped at once.
    case revoked = 3
    /// Another key answered, or the content is not ours: wiped, never used.
    case mismatched = 4
    /// The KMS asks us to slow down; as `unreachable`.
    case throttled = 5
    /// No answer that says anything about the key. Nothing is extended.
    case unreachable = 6

    /// Whether what is cached must go now.
    package var wipes: Bool { self == .revoked || self == .mismatched }

    /// The word that `env show` and the documentation use.
    package var name: String {
        switch self {
        case .granted: "granted"
        case .restricted: "restricted"
        case .revoked: "revoked"
        case .mismatched: "mismatched"
        case .throttled: "throttled"
        case .unreachable: "unreachable"
        }
    }
}
