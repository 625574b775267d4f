import Cryptography
import KeyHierarchy
import Keyring

/// The contexts that the daemon's event loop keeps of the keys that its connections used last, and which key they used for what.
struct WarmCiphers {
    final class Entry {
        let key: CachedKey
        var cipher: EnvelopeCipher?

        init(_ key: CachedKey, _ cipher: EnvelopeCipher) {
            self.key = key
            self.cipher = cipher
        }
    }

    /// What a client encrypts for.
    struct Use: Hashable {
        let environment: String
        let scope: DataScope
    }

    private static let limit = 64
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var lastUsed: [Use: Entry] = [:]

    /// The key with which the same was encrypted before.
    func last(_ what: Use) -> Entry? { lastUsed[what] }

    mutating func use(_ key: CachedKey, for what: Use?) throws(CryptographyError) -> Entry? {
        if let entry = entries[ObjectIdentifier(key)] {
            if let what { lastUsed[what] = entry }
            return entry
        }
        let made = try key.withSecret { (secret) throws(CryptographyError) in Box(try EnvelopeCipher(key: secret)) }
        guard let made else { return nil }
        if entries.count >= Self.limit { self = WarmCiphers() }
        let entry = Entry(key, made.cipher)
        entries[ObjectIdentifier(key)] = entry
        if let what { lastUsed[what] = entry }
        return entry
    }

    /// - Parameter environment: its id.
    mutating func drop(_ environment: String) {
        for (id, entry) in entries where entry.key.environment.identity.id.description == environment {
            entry.cipher = nil
            entries[id] = nil
        }
    }

    /// Carries a cipher out of the lock that lends the key; the simulating thread is its only user.
    private struct Box: @unchecked Sendable {
        let cipher: EnvelopeCipher

        init(_ cipher: EnvelopeCipher) { self.cipher = cipher }
    }
}
