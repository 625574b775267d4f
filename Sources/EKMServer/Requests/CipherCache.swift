internal import Cryptography
internal import KeyHierarchy
internal import Keyring

/// The ciphers of the keys that one event loop used last: setting them up costs as much as a small encryption.
///
/// A cipher holds a key schedule, and so is a secret: it goes when its environment is wiped.
struct CipherCache {
    /// A key with its cipher.
    final class Entry {
        let key: CachedKey
        /// Nil once the environment was wiped, or others needed the room.
        fileprivate(set) var cipher: EnvelopeCipher?
        /// The number of the loop's read in which it was used last.
        var lastRead: UInt64

        init(_ key: CachedKey, _ cipher: EnvelopeCipher, lastRead: UInt64) {
            self.key = key
            self.cipher = cipher
            self.lastRead = lastRead
        }
    }

    /// The most keys that one loop keeps ciphers for, at about 1.5 KB each.
    static let limit = 1024
    private var entries: [ObjectIdentifier: Entry] = [:]

    var count: Int { entries.count }

    /// How many keys of each environment have ciphers.
    var counts: [EnvironmentID: Int] { entries.values.reduce(into: [:]) { $0[$1.key.environment.identity.id, default: 0] += 1 } }

    /// The key's cipher, made if need be; nil if the key was wiped meanwhile.
    mutating func entry(for key: CachedKey, read: UInt64) throws(CryptographyError) -> Entry? {
        if let entry = entries[ObjectIdentifier(key)] {
            entry.lastRead = read
            return entry
        }
        let cipher = try key.withSecret { (secret) throws(CryptographyError) in try EnvelopeCipher(key: secret) }
        guard let cipher else { return nil }
        if entries.count >= Self.limit { evict() }
        let entry = Entry(key, cipher, lastRead: read)
        entries[ObjectIdentifier(key)] = entry
        return entry
    }

    /// Frees every cipher of the environment, or of all; whoever still holds an entry finds it empty.
    mutating func drop(_ environment: EnvironmentID? = nil) {
        for (id, entry) in entries where environment == nil || entry.key.environment.identity.id == environment {
            entry.cipher = nil
            entries[id] = nil
        }
    }

    /// Makes room: the quarter that was not used for the longest time goes, with whatever belongs to a life that is over.
    private mutating func evict() {
        for (id, _) in entries.sorted(by: { $0.value.lastRead < $1.value.lastRead }).prefix(Self.limit / 4) {
            entries[id]?.cipher = nil
            entries[id] = nil
        }
    }
}
