import EKMServer
import KeyHierarchy
import SQLiteStore
import Upkeep

/// Whom the watchdog depends on: every event loop, the expiry timer's queue, the store's.
enum DaemonPulse {
    static func members(of parts: Daemon.Parts) -> [PulseMonitor.Member] {
        [
            .init(name: "event loops") { answer in Task { if await parts.server.isAlive() { answer() } } },
            .init(name: "expiry timer") { answer in Task { if await parts.assembly.expiry.isAlive() { answer() } } },
            .init(name: "store") { answer in
                Task {
                    // Finds nothing, but on the store's own queue. An error is an answer: a hung disk gives none.
                    if let key = try? KeyID.random(), let environment = try? EnvironmentID.random() {
                        _ = try? await parts.store.key(key, of: environment)
                    }
                    answer()
                }
            },
        ]
    }
}
