internal import Bedrock
internal import EKMWire

/// Whether there is room beside the event loops: so many at a time of each cost, by turns among the users that wait, and never all of it
/// for one of them.
final class Admission: Sendable {
    typealias Cost = OperationDeclaration.Cost

    struct Ticket: Sendable {
        fileprivate let user: UInt32
        /// Nil for what waits behind nobody.
        fileprivate let cost: Cost?
    }

    /// How many operations of a cost are under way at a time, and how many of them may be one user's.
    struct Room: Sendable {
        let all: Int
        let user: Int
    }

    /// The most that one user has waiting of a cost.
    static let mostWaiting = 8_192

    fileprivate struct Line {
        var running = 0
        var byUser: [UInt32: Int] = [:]
        var waiting: [UInt32: Queue<CheckedContinuation<Void, Never>>] = [:]
        /// The users that wait; the first has the next turn.
        var turns: [UInt32] = []
    }

    private let lines = Lock([Cost: Line]())

    static func room(for cost: Cost) -> Room {
        switch cost {
        // A fetch that waits for one customer's KMS must not keep another customer's of the same user from the store.
        case .cold: Room(all: 4_096, user: 3_072)
        case .warm, .store: Room(all: 64, user: 32)
        case .kms: Room(all: 64, user: 32)
        case .wholeStore: Room(all: 2, user: 1)
        }
    }

    /// Returns when it is the operation's turn; whoever was admitted must ``leave(_:)``.
    /// - Throws: ``ErrorCode/limitReached`` when too much of the user waits already.
    func admit(_ user: UInt32, _ declaration: OperationDeclaration) async throws(WireError) -> Ticket {
        let cost = declaration.cost
        if declaration.isUrgent { return Ticket(user: user, cost: nil) }
        let isFull = lines.withLock { $0[cost]?.waiting[user]?.count ?? 0 >= Self.mostWaiting }
        guard !isFull else { throw .tooManyWaiting(Self.mostWaiting) }
        await withCheckedContinuation { waiter in
            let next = lines.withLock { lines in
                lines[cost, default: Line()].wait(waiter, user)
                return lines[cost, default: Line()].next(Self.room(for: cost))
            }
            for waiter in next { waiter.resume() }
        }
        return Ticket(user: user, cost: cost)
    }

    func leave(_ ticket: Ticket) {
        guard let cost = ticket.cost else { return }
        let next = lines.withLock { lines in
            lines[cost, default: Line()].leave(ticket.user)
            return lines[cost, default: Line()].next(Self.room(for: cost))
        }
        for waiter in next { waiter.resume() }
    }

    /// How many operations of a cost are under way, and how many wait.
    func count(_ cost: Cost) -> (running: Int, waiting: Int) {
        lines.withLock { lines in
            let line = lines[cost] ?? Line()
            return (line.running, line.waiting.values.reduce(0) { $0 + $1.count })
        }
    }
}

extension Admission.Line {
    fileprivate mutating func wait(_ waiter: CheckedContinuation<Void, Never>, _ user: UInt32) {
        if waiting[user] == nil {
            waiting[user] = Queue()
            turns.append(user)
        }
        waiting[user]?.append(waiter)
    }

    fileprivate mutating func leave(_ user: UInt32) {
        running -= 1
        let left = (byUser[user] ?? 1) - 1
        byUser[user] = left > 0 ? left : nil
    }

    /// Those whose turn it is.
    fileprivate mutating func next(_ room: Admission.Room) -> [CheckedContinuation<Void, Never>] {
        var next: [CheckedContinuation<Void, Never>] = []
        while running < room.all, let place = turns.firstIndex(where: { byUser[$0] ?? 0 < room.user }) {
            let user = turns.remove(at: place)
            guard let waiter = waiting[user]?.removeFirst() else { continue }
            if waiting[user]?.isEmpty == true { waiting[user] = nil } else { turns.append(user) }
            running += 1
            byUser[user, default: 0] += 1
            next.append(waiter)
        }
        return next
    }
}
