import Logging
import ServiceManager

/// The daemon's log: one for the process, with a level that a reload can change.
struct RunningLog: Sendable {
    let threshold: LogThreshold
    let logger: Logger

    /// Call once: swift-log takes one handler for the process.
    static func start(level: Logger.Level) -> RunningLog {
        let threshold = LogThreshold(level)
        let sink = LogSink.detected()
        LoggingSystem.bootstrap { JournalLogHandler(label: $0, threshold: threshold, sink: sink) }
        return RunningLog(threshold: threshold, logger: Logger(label: "ekmd"))
    }
}
