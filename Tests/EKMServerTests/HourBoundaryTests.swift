import EKMServer
import EKMWire
import KeyHierarchy
import Keyring
import TestSupport
import Testing
import Upkeep

@Suite("The hour boundary under load")
struct HourBoundaryTests {
    /// What one client saw: the keys that encrypted, in order.
    private struct Seen: Sendable {
        var keys: [KeyID] = []
        var refusals: [ErrorCode] = []
    }

    @Test("Encryption goes over into the next hour without a refusal, with the key that was made ahead", arguments: [true, false])
    func boundary(isMadeAhead: Bool) async throws {
        try await withServer { server in
            let environment = try await server.create("acme/prod")
            let start = server.wallClock.now
            server.wallClock.advance(by: .seconds(3600 - 30 - start.seconds % 3600))
            let isOver = Guarded(false)
            let count = Guarded(0)
            let clients = try await (0..<8).asyncMap { _ in try await server.connect() }
            async let seen = Self.traffic(clients, isOver, count)
            try await Self.wait(for: 2000, count)
            // It is in use now, so that the next hour's key is due.
            if isMadeAhead { await server.assembly.tick() }
            let ahead = try await server.store.hourlyKey(
                of: environment.identity.id, for: Hour(number: start.hour.number + 1), floor: .first, inDoubt: false)
            #expect((ahead != nil) == isMadeAhead)
            try await Self.wait(for: 2000, count)
            server.clock.advance(by: .seconds(30))
            server.wallClock.advance(by: .seconds(30))
            try await Self.wait(for: 4000, count)
            isOver.with { $0 = true }

            let all = try await seen
            #expect(all.flatMap(\.refusals).isEmpty)
            let hours = Dictionary(
                uniqueKeysWithValues: server.store.keys(of: environment.identity.id).compactMap { key in
                    if case .hourly(let hour) = key.purpose { (key.id, hour) } else { nil }
                })
            for client in all {
                let sequence = client.keys.compactMap { hours[$0] }
                #expect(sequence.count == client.keys.count && Set(sequence).count == 2)
                #expect(sequence == sequence.sorted { $0.number < $1.number }, "none goes back")
            }
            let keys = Set(all.flatMap(\.keys))
            #expect(keys.count == 2)
            if let ahead { #expect(keys.contains(ahead.id)) }
        }
    }

    private static func traffic(_ clients: [RawClient], _ isOver: Guarded<Bool>, _ count: Guarded<Int>) async throws -> [Seen] {
        try await withThrowingTaskGroup(of: Seen.self) { group in
            for (number, client) in clients.enumerated() {
                group.addTask {
                    var seen = Seen()
                    while !isOver.with({ $0 }) {
                        let scope: EKMWire.Scope = number % 2 == 0 ? .event : .job("job-\(number)")
                        try await client.send((1...20).flatMap { Requests.encrypt([1, 2, 3], in: "acme/prod", scope, id: $0) })
                        for reply in try await client.receive(20) {
                            if let code = reply.code {
                                seen.refusals.append(code)
                            } else {
                                seen.keys.append(try EnvelopeHeader(parsing: reply.fields.span.bytes).key)
                            }
                        }
                        count.with { $0 += 20 }
                    }
                    return seen
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private static func wait(for more: Int, _ count: Guarded<Int>) async throws {
        let end = count.with { $0 } + more
        let deadline = ContinuousClock.now + .seconds(20)
        while count.with({ $0 }) < end {
            guard ContinuousClock.now < deadline else { throw RawClient.Failure(description: "the clients stand still") }
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

extension Range<Int> {
    fileprivate func asyncMap<Value>(_ body: (Int) async throws -> Value) async throws -> [Value] {
        var values: [Value] = []
        for number in self { values.append(try await body(number)) }
        return values
    }
}
