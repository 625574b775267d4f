package import KeyHierarchy

/// A repack as an operator sees it.
package struct RepackView: Sendable {
    package var record: RepackRecord
    /// Keys per second, lately; 0 while it waits.
    package var keysPerSecond: Double
    /// What it waits for.
    package var waitingFor: HierarchyError?
    /// The versions that keys come from, and their main keys.
    package var sources: [EnvironmentKeyRecord]

    /// Until all keys are moved; nil while that cannot be told.
    package var timeLeft: Duration? {
        guard keysPerSecond >= 1, waitingFor == nil, record.state == .running else { return nil }
        return .seconds(Double(max(0, record.total - record.moved)) / keysPerSecond)
    }
}

extension LiveEnvironment {
    /// Nil where none is under way in `record`, or, without one, in what is known now.
    package func repackView(_ record: EnvironmentRecord? = nil) -> RepackView? {
        withState { state in
            let record = record ?? state.record
            guard let repack = record.repack else { return nil }
            return RepackView(
                record: repack, keysPerSecond: state.repackProgress.rate, waitingFor: state.repackProgress.waitingFor,
                sources: record.olderEnvironmentKeys)
        }
    }
}
