internal import KeyHierarchy

/// An environment's locks as one value, oldest first: `number (u32) ‖ time (i64, seconds) ‖ length (u32) ‖ reason`, all big-endian.
/// One value, under the code of the environment's row, so that none of them can be taken away by itself.
enum LockList {
    static func encode(_ locks: [EnvironmentLock]) -> [UInt8] {
        var bytes: [UInt8] = []
        for lock in locks {
            bytes.append(number: lock.number)
            let time = UInt64(bitPattern: lock.at.seconds)
            bytes.append(number: UInt32(truncatingIfNeeded: time >> 32))
            bytes.append(number: UInt32(truncatingIfNeeded: time))
            bytes.append(prefixed: lock.reason.utf8)
        }
        return bytes
    }

    /// Nil unless it is exactly what `encode` makes.
    static func decode(_ bytes: [UInt8]) -> [EnvironmentLock]? {
        var rest = bytes[...]
        var locks: [EnvironmentLock] = []
        while !rest.isEmpty {
            guard let number = take(&rest), let high = take(&rest), let low = take(&rest), let count = take(&rest),
                count <= Limits.reason, Int(count) <= rest.count,
                let reason = String(validating: rest.prefix(Int(count)), as: UTF8.self)
            else { return nil }
            rest = rest.dropFirst(Int(count))
            let time = Int64(bitPattern: UInt64(high) << 32 | UInt64(low))
            locks.append(EnvironmentLock(number: number, at: WallTime(seconds: time), reason: reason))
        }
        return locks
    }

    private static func take(_ rest: inout ArraySlice<UInt8>) -> UInt32? {
        guard rest.count >= 4 else { return nil }
        defer { rest = rest.dropFirst(4) }
        return rest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
