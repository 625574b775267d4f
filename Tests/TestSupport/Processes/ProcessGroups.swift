import Foundation

/// The process groups that still run, killed when the test process exits.
final class ProcessGroups: Sendable {
    static let shared = ProcessGroups()

    private let running = Guarded<Set<pid_t>>([])

    private init() {
        atexit { ProcessGroups.shared.killAll() }
    }

    func insert(_ group: pid_t) {
        running.with { _ = $0.insert(group) }
    }

    func remove(_ group: pid_t) {
        running.with { _ = $0.remove(group) }
    }

    private func killAll() {
        for group in running.with({ $0 }) { kill(-group, SIGKILL) }
    }
}
