internal import Bedrock
internal import KeyHierarchy

/// What inspections need not ask again at every poll.
///
/// The rotation status of a key is asked for at most once an hour, and so is a list of its material where that told nothing. What
/// failed in passing is asked again after five minutes, and what was to happen by now at once.
final class InspectionMemory: Sendable {
    /// A key as one identity sees it.
    struct Key: Hashable, Sendable {
        let arn: String
        let role: String?
        let externalID: String?
    }

    private struct State {
        var rotations: [Key: (rotation: MainKeyInspection.Rotation, until: BootInstant)] = [:]
        var silent: [Key: BootInstant] = [:]
    }

    /// A forgotten key costs one request more.
    private static let limit = 4096

    private let clock: any BootClock
    private let wallClock: any WallClock
    private let state = Lock(State())

    init(clock: any BootClock, wallClock: any WallClock) {
        self.clock = clock
        self.wallClock = wallClock
    }

    func rotation(of key: Key) -> MainKeyInspection.Rotation? {
        guard let known = state.withLock({ $0.rotations[key] }), clock.now < known.until else { return nil }
        if case .automatic(_, let next?) = known.rotation, next <= wallClock.now { return nil }
        return known.rotation
    }

    func remember(_ rotation: MainKeyInspection.Rotation, of key: Key, isPassing: Bool = false) {
        let until = clock.now.advanced(by: isPassing ? .seconds(300) : .seconds(3600))
        state.withLock { state in
            if state.rotations.count >= Self.limit { state.rotations = [:] }
            state.rotations[key] = (rotation, until)
        }
    }

    /// Whether a list of the key's material told nothing within the last hour.
    func isSilent(_ key: Key) -> Bool {
        guard let until = state.withLock({ $0.silent[key] }) else { return false }
        return clock.now < until
    }

    func rememberSilence(of key: Key) {
        let until = clock.now.advanced(by: .seconds(3600))
        state.withLock { state in
            if state.silent.count >= Self.limit { state.silent = [:] }
            state.silent[key] = until
        }
    }
}
