import EKMWire
import KeyHierarchy
import TestSupport
import Testing

@testable import EKMServer

@Suite("Room beside the event loops")
struct AdmissionTests {
    private let admission = Admission()
    private let kms = EKMWire.Operation.showMainKey.declaration

    private func waits(_ count: Int, _ cost: OperationDeclaration.Cost = .kms) async {
        while admission.count(cost).waiting != count { await Task.yield() }
    }

    @Test("one user never has all of it, and the others come by turns")
    func turns() async throws {
        let kms = try #require(kms)
        let room = Admission.room(for: .kms)
        var tickets: [Admission.Ticket] = []
        for _ in 0..<room.user { tickets.append(try await admission.admit(1, kms)) }
        let more = (0..<3).map { _ in Task { admission.leave(try await admission.admit(1, kms)) } }
        await waits(3)
        // There is room for another at once, though the first one waits.
        let other = try await admission.admit(2, kms)
        #expect(admission.count(.kms).running == room.user + 1)
        admission.leave(tickets.removeLast())
        for task in more { try await task.value }
        admission.leave(other)
        for ticket in tickets { admission.leave(ticket) }
        #expect(admission.count(.kms) == (0, 0))
    }

    @Test("where it is full, users take turns, however many wait of each")
    func fairness() async throws {
        let kms = try #require(kms)
        let room = Admission.room(for: .kms)
        var tickets: [Admission.Ticket] = []
        for user in 0..<UInt32(room.all) { tickets.append(try await admission.admit(100 + user, kms)) }
        let order = Guarded<[UInt32]>([])
        let many = (0..<50).map { _ in
            Task {
                let ticket = try await admission.admit(1, kms)
                order.with { $0.append(1) }
                admission.leave(ticket)
            }
        }
        await waits(50)
        let one = Task {
            let ticket = try await admission.admit(2, kms)
            order.with { $0.append(2) }
            admission.leave(ticket)
        }
        await waits(51)
        for _ in 0..<2 { admission.leave(tickets.removeLast()) }
        try await one.value
        for task in many { try await task.value }
        for ticket in tickets { admission.leave(ticket) }
        #expect(order.with { $0.prefix(3).contains(2) })
        #expect(admission.count(.kms) == (0, 0))
    }

    @Test("a lock waits behind nobody")
    func urgent() async throws {
        let store = try #require(EKMWire.Operation.showEnvironment.declaration)
        let lock = try #require(EKMWire.Operation.lockEnvironment.declaration)
        let room = Admission.room(for: .store)
        var tickets: [Admission.Ticket] = []
        for user in 0..<UInt32(room.all) { tickets.append(try await admission.admit(user, store)) }
        admission.leave(try await admission.admit(1, lock))
        for ticket in tickets { admission.leave(ticket) }
    }

    @Test("so many may wait of a user, and no more")
    func bound() async throws {
        let kms = try #require(kms)
        var tickets: [Admission.Ticket] = []
        for _ in 0..<Admission.room(for: .kms).user { tickets.append(try await admission.admit(1, kms)) }
        let waiting = (0..<Admission.mostWaiting).map { _ in Task { admission.leave(try await admission.admit(1, kms)) } }
        await waits(Admission.mostWaiting)
        await #expect(throws: WireError(.limitReached, "")) { try await admission.admit(1, kms) }
        for ticket in tickets { admission.leave(ticket) }
        for task in waiting { try await task.value }
        #expect(admission.count(.kms) == (0, 0))
    }
}
