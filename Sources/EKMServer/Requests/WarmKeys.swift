internal import EKMWire

/// What one kind of peer asked for last on one loop, key by key, found again by the bytes that decide: clients take turns between many jobs.
///
/// A table without chains: a key stands in one of a few places behind its hash; where all are taken the table grows, and at its full size
/// the first of them is replaced. Whoever chooses bytes whose hashes meet slows down his own kind alone.
struct WarmKeys {
    /// The most keys, of some 200 bytes each: more than a loop keeps ciphers for.
    static let most = 16_384
    private static let places: UInt64 = 4

    private struct Slot {
        var hash: UInt64 = 0
        var key: WarmKey?
    }
    private var slots: [Slot] = []

    /// What stands there for the hash. The caller compares the bytes, and asks whether it may still be used.
    @inline(__always)
    func find(_ hash: UInt64) -> WarmKey? {
        guard !slots.isEmpty else { return nil }
        for place in 0..<Self.places {
            let at = index(hash &+ place)
            if slots[at].hash == hash { return slots[at].key }
        }
        return nil
    }

    mutating func insert(_ key: WarmKey, hash: UInt64) {
        if slots.isEmpty { slots = [Slot](repeating: Slot(), count: 8) }
        while true {
            for place in 0..<Self.places {
                let at = index(hash &+ place)
                guard slots[at].key == nil || slots[at].hash == hash else { continue }
                slots[at] = Slot(hash: hash, key: key)
                return
            }
            guard slots.count < Self.most else {
                slots[index(hash)] = Slot(hash: hash, key: key)
                return
            }
            grow()
        }
    }

    /// How many it holds.
    var count: Int { slots.count { $0.key != nil } }

    @inline(__always)
    private func index(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & (slots.count - 1) }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: 2 * old.count)
        for slot in old { if let key = slot.key { insert(key, hash: slot.hash) } }
    }
}
