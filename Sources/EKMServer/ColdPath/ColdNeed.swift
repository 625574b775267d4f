internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// What parked requests wait for; those with the same need share one fetch.
struct ColdNeed: Hashable, Sendable {
    private enum Key: Hashable, Sendable {
        case encryption(KeyHierarchy.Scope)
        /// The envelope's header, parsed and in bytes.
        case decryption(EnvelopeHeader, [UInt8])
    }

    private let environmentID: EnvironmentID
    private let key: Key
    let environment: LiveEnvironment

    init(_ environment: LiveEnvironment, encrypts scope: KeyHierarchy.Scope) {
        self.environment = environment
        environmentID = environment.identity.id
        key = .encryption(scope)
    }

    init(_ environment: LiveEnvironment, decrypts header: EnvelopeHeader, _ envelope: RawSpan) {
        self.environment = environment
        environmentID = environment.identity.id
        key = .decryption(header, envelope.array(0..<EnvelopeHeader.byteCount(for: header.scope)))
    }

    static func == (a: Self, b: Self) -> Bool { a.environmentID == b.environmentID && a.key == b.key }

    func hash(into hasher: inout Hasher) {
        hasher.combine(environmentID)
        hasher.combine(key)
    }

    /// Fetches the key; whoever asks the keyring for the same proof at once shares one call to the main key.
    func fetch(from fetcher: Fetcher) async -> Result<CachedKey, HierarchyError> {
        do throws(HierarchyError) {
            switch key {
            case .encryption(let scope): return .success(try await fetcher.encryptionKey(for: scope, of: environment))
            case .decryption(let header, let envelope):
                return .success(try await fetcher.decryptionKey(for: header, envelope: envelope, of: environment))
            }
        } catch { return .failure(error) }
    }
}
