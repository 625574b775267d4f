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
        /// Where it stands in the cache's ring.
        fileprivate var place = 0

        init(_ key: CachedKey, _ cipher: EnvelopeCipher, lastRead: UInt64) {
            self.key = key
            self.cipher = cipher
            self.lastRead = lastRead
        }
    }

    /// The most keys that one loop keeps ciphers for, at about 1.3 KB each, 128 bytes of them locked.
    static let limit = 12_288
    /// How many are looked at to find one that was not used for long.
    private static let looks = 8

    private var entries: [ObjectIdentifier: Entry] = [:]
    private var byEnvironment: [EnvironmentID: Set<ObjectIdentifier>] = [:]
    /// All of them, in no order, and where the search for one that makes room goes on.
    private var ring: [Entry] = []
    private var hand = 0

    var count: Int { entries.count }

    /// How many keys of each environment have ciphers.
    var counts: [EnvironmentID: Int] { byEnvironment.mapValues(\.count) }

    /// The key's cipher, made if need be; nil if the key was wiped meanwhile.
    /// - Parameter memoryIsScarce: whether little locked memory is left, of which each cipher has some; tests say so themselves.
    mutating func entry(
        for key: CachedKey, read: UInt64, memoryIsScarce: () -> Bool = { isScarce(SecretArena.shared) }
    ) throws(CryptographyError) -> Entry? {
        if let entry = entries[ObjectIdentifier(key)] {
            entry.lastRead = read
            return entry
        }
        // Two for one: so ciphers go before the keys do, which have to be fetched again.
        if memoryIsScarce() { for _ in 0..<2 { evict() } }
        let cipher = try key.withSecret { (secret) throws(CryptographyError) in try EnvelopeCipher(key: secret) }
        guard let cipher else { return nil }
        if entries.count >= Self.limit { evict() }
        let entry = Entry(key, cipher, lastRead: read)
        entry.place = ring.count
        ring.append(entry)
        entries[ObjectIdentifier(key)] = entry
        byEnvironment[key.environment.identity.id, default: []].insert(ObjectIdentifier(key))
        return entry
    }

    /// Sooner than where keys are wiped to make room.
    private static func isScarce(_ arena: SecretArena) -> Bool { arena.freeSlots < arena.slots / 8 }

    /// Frees every cipher of the environment; whoever still holds an entry finds it empty.
    mutating func drop(_ environment: EnvironmentID) {
        for id in byEnvironment[environment] ?? [] { if let entry = entries[id] { remove(entry) } }
    }

    /// Frees all.
    mutating func drop() {
        for entry in ring { entry.cipher = nil }
        self = CipherCache()
    }

    private mutating func remove(_ entry: Entry) {
        entry.cipher = nil
        let (id, environment) = (ObjectIdentifier(entry.key), entry.key.environment.identity.id)
        entries[id] = nil
        byEnvironment[environment]?.remove(id)
        if byEnvironment[environment]?.isEmpty == true { byEnvironment[environment] = nil }
        let last = ring.removeLast()
        guard last !== entry else { return }
        ring[entry.place] = last
        last.place = entry.place
    }

    /// Makes room: of a few, the one that was not used for the longest time goes.
    private mutating func evict() {
        var oldest: Entry?
        for _ in 0..<min(Self.looks, ring.count) {
            hand = (hand + 1) % ring.count
            if ring[hand].lastRead < oldest?.lastRead ?? .max { oldest = ring[hand] }
        }
        if let oldest { remove(oldest) }
    }
}
