internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// The stage around the performance: it is recorded before and after, as the operation's declaration says.
struct Recorded: Sendable {
    private let entry: GateEntry?
    private let service: Service

    init<O: GatedOperation>(_ found: Found<O>, _ admitted: Admitted<O>, _ service: Service) async throws(WireError) {
        self.service = service
        let decoded = admitted.authorized.decoded
        guard decoded.declaration.trail != .nothing else {
            entry = nil
            return
        }
        let live = found.subject as? LiveEnvironment
        let entry = GateEntry(
            peer: found.peer, operation: decoded.declaration.operation, trail: decoded.declaration.trail,
            environment: live?.identity.name ?? decoded.aim.environment, environmentID: live?.identity.id, begun: service.wallClock.now)
        self.entry = entry
        if decoded.declaration.trail == .changes { try await service.recorder.willPerform(entry) }
    }

    func end(_ result: Result<OffLoopAnswer, WireError>) async {
        guard let entry else { return }
        let now = service.wallClock.now
        switch result {
        case .success(let answer):
            await service.recorder.didPerform(entry, GateOutcome(code: nil, verdict: nil, keys: answer.keys, ended: now))
        case .failure(let error):
            await service.recorder.didPerform(entry, GateOutcome(code: error.code, verdict: error.verdict, keys: [], ended: now))
        }
    }
}
