internal import EKMWire

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
