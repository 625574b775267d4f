internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// What is known of a request once its subject is found, for whoever keeps a record.
struct GateEntry: Sendable {
    let peer: Peer
    let operation: Operation
    let trail: OperationDeclaration.Trail
    /// As the request names it, or as what it is about does.
    let environment: EnvironmentName?
    let environmentID: EnvironmentID?
    let begun: WallTime
}

/// What came of it.
struct GateOutcome: Sendable {
    /// Nil where it was done.
    let code: ErrorCode?
    /// What the KMS said, where that decided.
    let verdict: WireVerdict?
    /// The keys that it was done with or to.
    let keys: [KeyID]
    let ended: WallTime
}

/// Keeps the record of who did what.
protocol GateRecorder: Sendable {
    /// Before anything is done.
    /// - Throws: where it must not be done without a record.
    func willPerform(_ entry: GateEntry) async throws(WireError)
    func didPerform(_ entry: GateEntry, _ outcome: GateOutcome) async
}

/// Keeps none.
struct NoRecorder: GateRecorder {
    func willPerform(_ entry: GateEntry) {}
    func didPerform(_ entry: GateEntry, _ outcome: GateOutcome) {}
}

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
