internal import Bedrock
internal import Cryptography
internal import GRDB

/// What was deleted since the file was last purged, so that a purge can look whether it is gone: a few bytes of each wrap and each
/// wrapped or sealed key. All of these are ciphertext.
final class DeletedBytes: Sendable {
    /// Past so many it is only known that there was more.
    static let most = 65_536
    static let needleSize = 24

    private struct State {
        var needles: Set<[UInt8]> = []
        /// Of the transaction under way.
        var pending: [[UInt8]] = []
        /// Kept again by the transaction under way.
        var revived: [[UInt8]] = []
        /// Whether more was deleted than ``needles`` tell: there was too much, or it was before this start.
        var isMore: Bool
        /// Whether the row that tells the next start of a purge that is due is in the store.
        var isMarked: Bool
        var isPendingMark = false
    }

    private let state: Lock<State>

    /// - Parameter isDue: whether an earlier process deleted something, and did not purge.
    init(isDue: Bool) { state = Lock(State(isMore: isDue, isMarked: isDue)) }

    /// What is looked for: of a wrap the middle of its 32 encrypted bytes, of anything else its end; a KMS begins all that it wraps
    /// alike.
    static func needle(of bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= needleSize else { return nil }
        return Array(bytes.count == 72 ? bytes[24..<48] : bytes.suffix(needleSize))
    }

    /// Whether nothing more would be remembered.
    var isFull: Bool { state.withLock { $0.isMore || $0.needles.count + $0.pending.count >= Self.most } }

    /// In the transaction that deletes `bytes`.
    func delete(_ bytes: [[UInt8]], _ database: Database) throws {
        guard !bytes.isEmpty else { return }
        let needles = bytes.compactMap(Self.needle)
        let isMarked = state.withLock { state in
            if state.needles.count + state.pending.count + needles.count > Self.most {
                state.isMore = true
                state.pending = []
            } else if !state.isMore {
                state.pending += needles
            }
            defer { state.isPendingMark = true }
            return state.isMarked || state.isPendingMark
        }
        if !isMarked { try mark(database) }
    }

    /// In a transaction that deletes more than is worth to be remembered one by one.
    func deleteMany(_ database: Database) throws {
        let isMarked = state.withLock { state in
            state.isMore = true
            defer { state.isPendingMark = true }
            return state.isMarked || state.isPendingMark
        }
        if !isMarked { try mark(database) }
    }

    /// In a transaction that keeps bytes: such as were deleted before, and are there again, are nothing to look for.
    func keep(_ bytes: [UInt8]) {
        guard let needle = Self.needle(of: bytes) else { return }
        state.withLock { state in
            state.pending.removeAll { $0 == needle }
            state.revived.append(needle)
        }
    }

    private func mark(_ database: Database) throws { try database.execute(sql: "INSERT OR IGNORE INTO unpurged (id) VALUES (1)") }

    func endTransaction(committed: Bool) {
        state.withLock { state in
            if committed {
                state.needles.subtract(state.revived)
                state.needles.formUnion(state.pending)
                state.isMarked = state.isMarked || state.isPendingMark
            }
            state.pending = []
            state.revived = []
            state.isPendingMark = false
        }
    }

    /// Nobody knows whether the transaction under way was kept.
    func forget() {
        state.withLock { state in
            state.isMore = state.isMore || state.isPendingMark
            state.pending = []
            state.revived = []
            state.isPendingMark = false
        }
    }

    /// What is to be looked for; the file was not purged of it yet.
    var due: (needles: Set<[UInt8]>, isMore: Bool, isMarked: Bool) { state.withLock { ($0.needles, $0.isMore, $0.isMarked) } }

    /// Everything that was deleted is gone from the file.
    func clear() {
        state.withLock { state in
            state.needles = []
            state.isMore = false
            state.isMarked = false
        }
    }
}
