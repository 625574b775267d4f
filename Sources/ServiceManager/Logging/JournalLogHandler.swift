package import Logging

/// swift-log's handler for a service: the journal with its fields where there is one, else text lines.
package struct JournalLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?
    private let label: String
    private let threshold: LogThreshold
    private let write: @Sendable (LogRecord) -> Void

    package init(label: String, threshold: LogThreshold, sink: LogSink) {
        self.init(label: label, threshold: threshold) { sink.write($0) }
    }

    init(label: String, threshold: LogThreshold, write: @escaping @Sendable (LogRecord) -> Void) {
        self.label = label
        self.threshold = threshold
        self.write = write
    }

    /// The shared threshold's, until it is set on this one logger.
    package var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let given = event.metadata { all.merge(given) { $1 } }
        write(LogRecord(level: event.level, label: label, message: "\(event.message)", metadata: all))
    }
}
