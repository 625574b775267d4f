internal import Bedrock
internal import Cryptography
internal import GRDB

/// What was deleted since the file was last purged, so that a purge can look whether it is gone: a few bytes of each wrap and each
/// wrapped or sealed key. All of these are ciphertext.
final class DeletedBytes: Sendable {
    /// Past so many it is only known that there was more.
    static let most = 65_536
    static let needleSize = 24

    /// What the transaction under way has done.
    struct Pending: Sendable {
        fileprivate var needles: [[UInt8]] = []
        /// Kept again.
        fileprivate var revived: [[UInt8]] = []
        fileprivate var isMark = false
    }

    private struct State {
        var needles: Set<[UInt8]> = []
        var pending = Pending()
        /// Whether more was deleted than ``needles`` tell: there was too much, or it was before this start.
        var isMore: Bool
        /// Whether the row that tells the next start of a purge that is due is in the store.
        var isMarked: Bool
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
    var isFull: Bool { state.withLock { $0.isMore || $0.needles.count + $0.pending.needles.count >= Self.most } }

    /// In the transaction that deletes `bytes`.
    func delete(_ bytes: [[UInt8]], _ database: Database) throws {
        guard !bytes.isEmpty else { return }
        let needles = bytes.compactMap(Self.needle)
        let isMarked = state.withLock { state in
            if state.needles.count + state.pending.needles.count + needles.count > Self.most {
                state.isMore = true
                state.pending.needles = []
            } else if !state.isMore {
                state.pending.needles += needles
            }
            defer { state.pending.isMark = true }
            return state.isMarked || state.pending.isMark
        }
        if !isMarked { try mark(database) }
    }

    /// In a transaction that deletes more than is worth to be remembered one by one.
    func deleteMany(_ database: Database) throws {
        let isMarked = state.withLock { state in
            state.isMore = true
            defer { state.pending.isMark = true }
            return state.isMarked || state.pending.isMark
        }
        if !isMarked { try mark(database) }
    }

    /// In a transaction that keeps bytes: such as were deleted before, and are there again, are nothing to look for.
    func keep(_ bytes: [UInt8]) {
        guard let needle = Self.needle(of: bytes) else { return }
        state.withLock { state in
            state.pending.needles.removeAll { $0 == needle }
            state.pending.revived.append(needle)
        }
    }

    var pending: Pending { state.withLock { $0.pending } }

    /// A part of the transaction under way was taken back.
    func goBack(to pending: Pending) { state.withLock { $0.pending = pending } }

    private func mark(_ database: Database) throws { try database.execute(sql: "INSERT OR IGNORE INTO unpurged (id) VALUES (1)") }

    func endTransaction(committed: Bool) {
        state.withLock { state in
            if committed {
                state.needles.subtract(state.pending.revived)
                state.needles.formUnion(state.pending.needles)
                state.isMarked = state.isMarked || state.pending.isMark
            }
            state.pending = Pending()
        }
    }

    /// Nobody knows whether the transaction under way was kept.
    func forget() {
        state.withLock { state in
            state.isMore = state.isMore || state.pending.isMark
            state.pending = Pending()
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
