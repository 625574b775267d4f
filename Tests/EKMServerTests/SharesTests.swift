import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import EKMServer

@Suite("Nobody spends another's share")
struct SharesTests {
    private let closed = Guarded<[Int]>([])

    private func enter(_ roster: ConnectionRoster, _ user: UInt32, _ number: Int = 0, admin: Bool = false, at now: UInt64 = 0)
        -> ConnectionRoster.Seat?
    {
        roster.enter(user, isAdministrator: admin, at: now) { [closed] in closed.with { $0.append(number) } }
    }

    @Test("one user has at most their share of the connections; some are kept for who may lock")
    func roster() {
        let roster = ConnectionRoster(limit: 64)
        #expect(roster.reserve == 8 && roster.share == 42)
        let first = (0..<42).compactMap { enter(roster, 1, $0) }
        #expect(first.count == 42 && enter(roster, 1) == nil)
        let others = (0..<14).compactMap { enter(roster, 2 + UInt32($0), 100 + $0) }
        #expect(others.count == 14 && roster.current == 56)
        // All that is left is kept: nobody is silent for long enough to make room.
        #expect(enter(roster, 99) == nil && closed.with { $0 }.isEmpty)
        #expect(enter(roster, 0, admin: true) != nil)
        roster.leave(others[0])
        roster.leave(others[0])
        #expect(roster.current == 56)
    }

    @Test("who is silent for long makes room, the longest first, and never who has something under way")
    func silence() throws {
        let roster = ConnectionRoster(limit: 16)
        let mine = (0..<10).compactMap { enter(roster, 1, $0) }
        let later = ConnectionRoster.silence + 1_000
        for (number, seat) in mine.enumerated() { seat.touch(UInt64(number)) }
        mine[0].works(true)
        #expect(mine.count == 10 && enter(roster, 1, 10, at: ConnectionRoster.silence - 1) == nil)
        // Their own, where they have all of their share.
        #expect(enter(roster, 1, 11, at: later) != nil)
        #expect(closed.with { $0 } == [1])
        // And for another user, from who has the most.
        for number in 0..<4 { #expect(enter(roster, 2, 20 + number, at: later) != nil) }
        #expect(enter(roster, 3, 30, at: later) != nil)
        #expect(closed.with { $0 } == [1, 2])
        mine[0].works(false)
        #expect(roster.current == 14)
    }

    @Test("who administers one environment takes neither all connections nor all that are kept for others who administer")
    func administrators() {
        let roster = ConnectionRoster(limit: 64)
        let mine = (0..<64).compactMap { enter(roster, 1, $0, admin: true) }
        #expect(roster.reserveShare == 2 && mine.count == roster.share + roster.reserveShare)
        for user in UInt32(10)..<22 { #expect(enter(roster, user) != nil) }
        #expect(enter(roster, 99) == nil && enter(roster, 1, admin: true) == nil)
        #expect(enter(roster, 0, admin: true) != nil)
        // What was kept is kept again once it is left.
        for seat in mine { roster.leave(seat) }
        #expect((0..<64).compactMap { enter(roster, 1, $0, admin: true) }.count == roster.share + roster.reserveShare)
    }

    @Test("a small limit is not shared out")
    func small() {
        let roster = ConnectionRoster(limit: 2)
        #expect(enter(roster, 1) != nil && enter(roster, 1) != nil && enter(roster, 1) == nil && enter(roster, 2) == nil)
    }

    @Test("of the memory for what is unfinished, one user has half")
    func memory() {
        let budget = MemoryBudget(1_000)
        #expect(budget.take(400, 1) && !budget.take(101, 1) && budget.take(100, 1))
        #expect(budget.take(500, 2) && !budget.take(1, 3))
        budget.give(500, 1)
        #expect(budget.take(300, 3) && budget.taken == 800)
        budget.give(500, 2)
        budget.give(300, 3)
        #expect(budget.taken == 0)
    }

    @Test("users take turns, and each user's connections")
    func turns() {
        var turns = Turns<String>()
        for item in ["a1", "a2", "a3"] { turns.add(item, of: 1) }
        turns.add("b1", of: 2)
        var order: [String] = []
        while let next = turns.next() {
            order.append(next)
            if order.count == 1 { turns.add("a1 again", of: 1) }
        }
        #expect(order == ["a1", "b1", "a2", "a3", "a1 again"] && turns.isEmpty)
    }

    @Test("a queue gives back what it took, in order")
    func queue() {
        var queue = Queue<Int>()
        for round in 0..<5 {
            for number in 0..<3_000 { queue.append(number) }
            if round == 2 { queue.prepend(-1) }
            #expect(queue.first == (round == 2 ? -1 : 0))
            var taken: [Int] = []
            while let next = queue.removeFirst() { taken.append(next) }
            #expect(taken == (round == 2 ? [-1] : []) + Array(0..<3_000))
            #expect(queue.isEmpty && queue.first == nil)
        }
        queue.append(1)
        queue.append(2)
        #expect(queue.removeFirst() == 1)
        queue.prepend(0)
        #expect(queue.count == 2 && queue.removeFirst() == 0 && queue.removeFirst() == 2)
    }

    @Test("frames that are not whole take no more than the budget; what is over it is refused, and the next frame is found")
    func halfFrames() async throws {
        try await withServer(loops: 1, limits: ServerLimits(memory: 4 << 20)) { server in
            try await server.create("acme/prod")
            let frame = Requests.encrypt([UInt8](repeating: 1, count: 1_000_000), in: "acme/prod", id: 7)
            var clients: [RawClient] = []
            // Half of 4 MiB is one user's.
            for _ in 0..<2 {
                let client = try await server.connect()
                try await client.send(Array(frame.prefix(100)))
                _ = try await server.connect().ask(Requests.empty(.ping))
                clients.append(client)
            }
            let refused = try await server.connect()
            try await refused.send(Array(frame.prefix(100)))
            let reply = try await refused.receive()
            #expect(reply?.code == .limitReached && reply?.header.requestID == 7)
            try await refused.send(Array(frame.dropFirst(100)))
            #expect(try await refused.ask(Requests.empty(.ping, id: 8)).header.requestID == 8)
            // What is whole now, gives room.
            for client in clients {
                try await client.send(Array(frame.dropFirst(100)))
                #expect(try await client.receive()?.code == nil)
            }
            #expect(try await refused.ask(frame).code == nil)
        }
    }

    @Test("what clients held that went away is given back: requests for keys, operations, half frames, unread answers")
    func givenBack() async throws {
        try await withServer(loops: 1) { server in
            let environment = try await server.create("acme/prod")
            let plaintext = [UInt8](repeating: 1, count: 10_000)
            server.expire()
            server.mainKeys.hold(environment.identity.name)
            do {
                var clients: [RawClient] = []
                for number in 0..<8 {
                    let client = try await server.connect()
                    for job in 0..<10 {
                        try await client.send(Requests.encrypt(plaintext, in: "acme/prod", .job("\(number) \(job)"), id: UInt32(100 + job)))
                    }
                    try await client.send((1...20).flatMap { Requests.named(.showEnvironment, "acme/prod", id: $0) })
                    try await client.send(Array(Requests.encrypt(plaintext, in: "acme/prod").prefix(5_000)))
                    clients.append(client)
                }
                while server.mainKeys.held(environment.identity.name) == 0 || server.server.memoryTaken < 800_000 { await Task.yield() }
            }
            while server.server.connections > 0 { await Task.yield() }
            server.mainKeys.release(environment.identity.name)
            let client = try await server.connect()
            for _ in 0..<1_000 where server.server.memoryTaken > 0 { _ = try await client.ask(Requests.empty(.ping)) }
            #expect(server.server.memoryTaken == 0)
            // Answers that nobody reads.
            do {
                let deaf = try await server.connect()
                let request = Requests.encrypt(plaintext, in: "acme/prod")
                try await deaf.send((0..<60).flatMap { _ in request })
                for _ in 0..<200 { _ = try await client.ask(Requests.empty(.ping)) }
            }
            while server.server.connections > 1 { await Task.yield() }
            for _ in 0..<1_000 where server.server.memoryTaken > 0 { _ = try await client.ask(Requests.empty(.ping)) }
            #expect(server.server.memoryTaken == 0)
        }
    }

    @Test("a peer that no grant names gets a small frame, until a grant does")
    func smallFrame() async throws {
        try await withServer(policy: .grants([])) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let large = Requests.encrypt([UInt8](repeating: 1, count: 10_000), in: "acme/prod")
            #expect(try await client.ask(large).code == .frameTooLarge)
            #expect(try await client.ask(Requests.encrypt([1], in: "acme/prod")).code == .notGranted)
            server.authorizer.apply(.ownerMayDoEverything(getuid()))
            #expect(try await client.ask(large).code == nil)
        }
    }

    @Test("a turn that ends after each frame loses none and keeps their order")
    func shortTurns() async throws {
        try await withServer(loops: 1, limits: ServerLimits(turn: .zero)) { server in
            try await server.create("acme/prod")
            var clients: [RawClient] = []
            let count = 2_000
            let requests = (1...UInt32(count)).flatMap { Requests.encrypt([1, 2, 3], in: "acme/prod", id: $0) }
            for _ in 0..<4 { clients.append(try await server.connect()) }
            _ = try await clients[0].ask(Requests.encrypt([1], in: "acme/prod"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in clients {
                    group.addTask { try await client.send(requests) }
                    group.addTask {
                        let replies = try await client.receive(count)
                        #expect(replies.map(\.header.requestID) == Array(1...UInt32(count)) && replies.allSatisfy { $0.status == 0 })
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
