internal import Bedrock
internal import Glibc
internal import Synchronization

/// Who is connected, on all loops: with room kept for those who administer, and never all of it for one user.
final class ConnectionRoster: Sendable {
    /// One client's place.
    final class Seat: Sendable {
        let user: UInt32
        /// Nanoseconds of the boot clock.
        private let lastRequest: Atomic<UInt64>
        private let isAtWork = Atomic(false)
        /// Whether it is one of those that are kept.
        fileprivate let isReserved: Bool
        private let close: @Sendable () -> Void

        fileprivate init(user: UInt32, isReserved: Bool, at now: UInt64, close: @escaping @Sendable () -> Void) {
            self.user = user
            self.isReserved = isReserved
            lastRequest = Atomic(now)
            self.close = close
        }

        func touch(_ now: UInt64) { lastRequest.store(now, ordering: .relaxed) }

        /// Whether requests of it wait beside its loop.
        func works(_ isAtWork: Bool) { self.isAtWork.store(isAtWork, ordering: .relaxed) }

        fileprivate func giveUp() { close() }

        /// For how long it has asked for nothing; nil while something of it is under way.
        fileprivate func silence(at now: UInt64) -> UInt64? {
            guard !isAtWork.load(ordering: .relaxed) else { return nil }
            let last = lastRequest.load(ordering: .relaxed)
            return now > last ? now - last : 0
        }
    }

    fileprivate struct State {
        var byUser: [UInt32: [ObjectIdentifier: Seat]] = [:]
        var count = 0
        /// How many of those that are kept each user has.
        var reserved: [UInt32: Int] = [:]
    }

    /// How long one must have been silent to make room for another; nanoseconds.
    static let silence: UInt64 = 5_000_000_000
    /// How many of a user's connections are looked at for one that is silent.
    fileprivate static let looks = 64

    let limit: Int
    /// Kept for those who may lock.
    let reserve: Int
    /// The most of them that one user has: who administers one environment must not keep out who administers another.
    let reserveShare: Int
    /// The most of the others that one user has.
    let share: Int
    private let state = Lock(State())
    private let accepted = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let withoutDescriptor = Atomic<Int>(0)

    init(limit: Int) {
        self.limit = limit
        reserve = min(64, limit / 8)
        reserveShare = max(1, reserve / 4)
        share = limit < 16 ? limit - reserve : (limit - reserve) * 3 / 4
    }

    /// How many are served.
    var current: Int { state.withLock { $0.count } }

    /// Gives a client its place; one that has long been silent may lose it for that.
    /// - Returns: nil where there is none.
    func enter(_ user: UInt32, isAdministrator: Bool, at now: UInt64, close: @escaping @Sendable () -> Void) -> Seat? {
        let (seat, gone) = state.withLock { state -> (Seat?, Seat?) in
            let mine = state.byUser[user]?.count ?? 0
            let reserved = state.reserved[user] ?? 0
            let isOrdinary = state.count < limit - reserve && mine - reserved < share
            let isReserved = !isOrdinary && isAdministrator && state.count < limit && reserved < reserveShare
            var gone: Seat?
            if !isOrdinary, !isReserved {
                let from = mine >= share ? user : state.byUser.max { $0.value.count < $1.value.count }?.key
                // Who has the most makes room, and only for one who has fewer.
                guard let from, from == user || (state.byUser[from]?.count ?? 0) > mine + 1 else { return (nil, nil) }
                gone = state.silent(of: from, at: now)
                guard let gone else { return (nil, nil) }
                state.remove(gone)
            }
            let seat = Seat(user: user, isReserved: isReserved, at: now, close: close)
            state.byUser[user, default: [:]][ObjectIdentifier(seat)] = seat
            if isReserved { state.reserved[user, default: 0] += 1 }
            state.count += 1
            return (seat, gone)
        }
        gone?.giveUp()
        return seat
    }

    /// For the daemon's own question to itself: nobody has a place less for it.
    static func apart(at now: UInt64) -> Seat { Seat(user: getuid(), isReserved: false, at: now) {} }

    func leave(_ seat: Seat) { state.withLock { $0.remove(seat) } }

    // MARK: On their way

    /// How many have been accepted and not yet closed.
    var open: Int { accepted.load(ordering: .acquiring) }

    /// Whether some are still on their way to their loop, or are being told that there is no room.
    var arriving: Int { max(0, open - current - refused.load(ordering: .acquiring)) }

    func accept() { accepted.add(1, ordering: .releasing) }

    func close() { accepted.subtract(1, ordering: .releasing) }

    func refuse() { refused.add(1, ordering: .releasing) }

    /// How many were told that no descriptor was left for them.
    var turnedAway: Int { withoutDescriptor.load(ordering: .relaxed) }

    func turnAway(_ count: Int) { withoutDescriptor.add(count, ordering: .relaxed) }

    func endRefusal() { refused.subtract(1, ordering: .releasing) }
}

extension ConnectionRoster.State {
    fileprivate mutating func remove(_ seat: ConnectionRoster.Seat) {
        guard byUser[seat.user]?.removeValue(forKey: ObjectIdentifier(seat)) != nil else { return }
        if byUser[seat.user]?.isEmpty == true { byUser[seat.user] = nil }
        if seat.isReserved {
            let left = (reserved[seat.user] ?? 1) - 1
            reserved[seat.user] = left > 0 ? left : nil
        }
        count -= 1
    }

    /// One of a user's that has asked for nothing for long: the longest, among some of them.
    fileprivate func silent(of user: UInt32, at now: UInt64) -> ConnectionRoster.Seat? {
        (byUser[user] ?? [:]).values.lazy.prefix(ConnectionRoster.looks)
            .compactMap { seat in seat.silence(at: now).map { (seat, $0) } }
            .filter { $0.1 >= ConnectionRoster.silence }
            .max { $0.1 < $1.1 }?.0
    }
}
