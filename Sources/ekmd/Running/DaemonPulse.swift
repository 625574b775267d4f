import EKMServer
import KeyHierarchy
import SQLiteStore
import Upkeep

/// Whom the watchdog depends on. Each answers for itself, and none of them waits for who is merely busy.
enum DaemonPulse {
    static func members(of parts: Daemon.Parts) -> [PulseMonitor.Member] {
        [
            .init(name: "event loops") { answer in Task { if await parts.server.isAlive() { answer() } } },
            .init(name: "expiry timer") { answer in Task { if await parts.assembly.expiry.isAlive() { answer() } } },
            .init(name: "upkeep") { answer in Task { if await parts.assembly.upkeep.isAlive() { answer() } } },
            .init(name: "requests to a KMS") { answer in Task { if await parts.mainKeys.isAlive() { answer() } } },
            .init(name: "store's reader") { answer in
                Task {
                    await parts.store.provesReading()
                    answer()
                }
            },
            .init(name: "store's writer") { answer in
                Task {
                    await parts.store.provesWriting()
                    answer()
                }
            },
        ]
    }
}
