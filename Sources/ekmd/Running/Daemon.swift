import Cryptography
import EKMServer
import Glibc
import KeyHierarchy
import Keyring
import Logging
import SQLiteStore
import ServiceManager
import Synchronization
import Upkeep

/// The running daemon, as its main thread drives it: signals, status, signs of life.
final class Daemon {
    /// Everything that was put together at the start.
    struct Parts: Sendable {
        var store: SQLiteStore
        var assembly: Assembly
        var authorizer: Authorizer
        var server: Server
        var log: RunningLog
        /// What an operator should look at; the server's status shows it too.
        var warnings: DaemonWarnings
        /// Set whenever an environment's state may have changed.
        var changes: StatusChanges
        var storeWatch: StoreWatch
        /// All kinds of main keys.
        var mainKeys: any MainKeyProvider
        var socket: String
        /// Not where the service manager made the socket.
        var ownsSocket: Bool
    }

    /// From SIGTERM to the end: what is not done then is dropped.
    static let drainTime = Duration.milliseconds(3500)
    /// How often the status is told at most.
    private static let statusPeriod = Duration.seconds(1)
    private static let pulsePeriod = Duration.seconds(10)

    let parts: Parts
    let notifier: ServiceNotifier
    var configuration: Configuration
    private let readConfiguration: () throws(ConfigurationError) -> ConfigurationReader.Result
    private let pulse: PulseMonitor
    private let pulsePeriod: Duration
    private var toldStatus = ""
    private var socketWatch: SocketWatch
    private let startWarnings: [String]

    init(
        _ parts: Parts, configuration: Configuration, notifier: ServiceNotifier,
        readConfiguration: @escaping () throws(ConfigurationError) -> ConfigurationReader.Result
    ) {
        self.parts = parts
        self.configuration = configuration
        self.notifier = notifier
        self.readConfiguration = readConfiguration
        let watchdog = WatchdogInterval()
        pulsePeriod = min(watchdog?.period ?? Self.pulsePeriod, Self.pulsePeriod)
        let logger = parts.log.logger
        socketWatch = SocketWatch(path: parts.socket, isOwn: parts.ownsSocket, logger: logger)
        startWarnings = parts.warnings[.socket]
        pulse = PulseMonitor(
            DaemonPulse.members(of: parts),
            signOfLife: { if watchdog != nil { _ = try? notifier.send(.watchdog) } },
            silent: { names in
                logger.error(
                    "does not answer, so that the watchdog is not told of life", metadata: ["silent": "\(names.joined(separator: ", "))"])
            })
    }

    /// Says that it is ready, and works until it is told to stop.
    func run(until signals: SignalInbox) {
        toldStatus = status
        tell(.ready, .status(toldStatus))
        parts.log.logger.notice("ready: \(toldStatus)")
        let clock = ContinuousClock()
        var nextPulse = clock.now
        while true {
            switch signals.next(within: min(Self.statusPeriod, clock.now.duration(to: nextPulse))) {
            case .stop: return stop()
            case .reload: reload()
            case nil: break
            }
            if clock.now >= nextPulse {
                pulse.tick()
                nextPulse = clock.now + pulsePeriod
            }
            lookAtSocket()
            tellStatusIfChanged()
        }
    }

    private func lookAtSocket() {
        let (server, mode) = (parts.server, configuration.socketMode)
        let standing = Blocking.run { await server.checkSocket(mode: mode) }
        let warnings = startWarnings + socketWatch.look(standing, turnedAway: server.turnedAway)
        guard warnings != parts.warnings[.socket] else { return }
        parts.warnings.set(.socket, warnings)
        parts.changes.note()
    }

    // MARK: Status

    private var status: String {
        let environments = EnvironmentsSummary(parts.assembly.hierarchies.keyring.states)
        let warnings = parts.warnings.all.count + parts.assembly.hierarchies.views.warnings.count
        let store = parts.storeWatch.summary.map { "; \($0)" } ?? ""
        return environments.text + store + (warnings == 0 ? "" : "; \(warnings) \(warnings == 1 ? "warning" : "warnings"), see the log")
    }

    private func tellStatusIfChanged() {
        guard parts.changes.take() else { return }
        let status = status
        guard status != toldStatus else { return }
        toldStatus = status
        tell(.status(status))
    }

    private func tell(_ notifications: ServiceNotification...) {
        do {
            switch notifications.count {
            case 1: try notifier.send(notifications[0])
            default: try notifier.send(notifications[0], notifications[1])
            }
        } catch { parts.log.logger.warning("\(error.message)") }
    }

    // MARK: Reload

    /// Puts a changed configuration into effect, as far as that is possible while running; keeps the old one where the new is wrong.
    private func reload() {
        tell(.reloading(monotonicMicroseconds: ServiceNotifier.monotonicMicroseconds()))
        let logger = parts.log.logger
        do throws(ConfigurationError) {
            let result = try readConfiguration()
            apply(result.configuration)
            parts.warnings.set(.configuration, result.warnings.map(\.description))
            for warning in result.warnings { logger.warning("\(warning)") }
            parts.warnings.set(.reload, [])
            logger.notice("the configuration was reloaded")
        } catch {
            for problem in error.problems { logger.error("\(problem)") }
            logger.error("the configuration is wrong: the old one stays in effect")
            parts.warnings.set(.reload, ["The configuration was changed, but is wrong: the old one is in effect. \(error.problems[0])"])
        }
        toldStatus = status
        tell(.ready, .status(toldStatus))
    }

    private func apply(_ new: Configuration) {
        let fixed = new.fixedDifferences(from: configuration)
        for key in fixed { parts.log.logger.warning("'\(key)' was changed, which takes effect at the next start only") }
        parts.warnings.set(.restart, fixed.map { "'\($0)' was changed in the configuration; restart ekmd to put it into effect." })
        parts.log.threshold.level = new.log.level
        parts.assembly.hierarchies.apply(new.keyringSettings)
        parts.authorizer.apply(new.policy)
        if parts.ownsSocket, new.socketMode != configuration.socketMode, unsafe chmod(parts.socket, new.socketMode) != 0 {
            parts.log.logger.warning("the mode of \(parts.socket) could not be changed: \(SystemError.text(errno))")
        }
        // What is fixed stays what it was at the start, so that the next reload compares with what is in effect.
        let old = configuration
        configuration = new
        configuration.socket = old.socket
        configuration.state = old.state
        configuration.rootKey = old.rootKey
        configuration.kms.timeout = old.kms.timeout
        configuration.kinds = old.kinds
        configuration.limits = old.limits
    }

    // MARK: The end

    /// Answers what clients have sent, wipes every key, closes. Whatever hangs is left to the kernel within 5 seconds.
    private func stop() {
        tell(.stopping, .status("stopping"))
        parts.log.logger.notice("stopping")
        let parts = parts
        parts.assembly.stop()
        parts.storeWatch.stop()
        let isDone = Blocking.run(within: Self.drainTime + .milliseconds(700)) {
            await parts.server.shutdown(within: Self.drainTime)
            do { try parts.store.close() } catch { parts.log.logger.warning("\(error)") }
        }
        if !isDone {
            parts.assembly.hierarchies.wipeAll()
            parts.log.logger.warning("something did not end in time and was cut off; all keys are wiped")
        }
    }
}
