import EKMServer
import Logging

/// What the daemon is told to do: the configuration file, completed with defaults.
struct Configuration: Equatable, Sendable {
    /// Where clients connect: an absolute path of at most 107 bytes.
    var socket: String
    /// The state directory, absolute.
    var state: String
    var rootKey: RootKeySource
    var cache = Cache()
    var kms = KMS()
    var replacement = Replacement()
    var repack = Repack()
    var managed = Managed()
    /// What is set of the kinds of KMS, by the names of their sections, then of their settings.
    var kinds: [String: [String: String]] = [:]
    var limits = Limits()
    /// Who may do what; nil where nothing is said, and the daemon's own user may do everything.
    var grants: [Grant]?
    var log = Log()

    /// The embedded defaults.
    init(defaults: ConfigurationLocations) {
        socket = defaults.socket
        state = defaults.state
        rootKey = defaults.rootKey
    }

    /// How long keys live after the main key's last proof.
    struct Cache: Equatable, Sendable {
        /// At most 5 minutes: the bound that customers are told.
        static let ttlRange: ClosedRange<Duration> = .seconds(1) ... .seconds(300)

        var ttl: Duration = .seconds(300)
        var onRestriction: RestrictionPolicy = .expire
    }

    /// How customers' KMSs are asked.
    struct KMS: Equatable, Sendable {
        static let pollIntervalRange: ClosedRange<Duration> = .seconds(1) ... .seconds(3600)
        static let timeoutRange: ClosedRange<Duration> = .milliseconds(100) ... .seconds(60)
        static let rateRange = 1...100_000
        static let refreshRange: ClosedRange<Duration> = .seconds(3600) ... .seconds(30 * 24 * 3600)

        var pollInterval: Duration = .seconds(60)
        var timeout: Duration = .seconds(5)
        /// Calls per second to all KMSs together.
        var rate = 500
        /// After that time a KMS that tells no generation wraps the environment key anew.
        var refreshInterval: Duration = .seconds(24 * 3600)
    }

    /// How fast keys are moved after a main key was replaced or rotated.
    struct Repack: Equatable, Sendable {
        static let rateRange = 100...10_000_000

        /// Keys per second, all repacks together.
        var rate = 200_000
    }

    /// Keys that ekmd manages.
    struct Managed: Equatable, Sendable {
        static let rotationRange: ClosedRange<Duration> = .seconds(24 * 3600) ... .seconds(3650 * 24 * 3600)

        var rotation: Duration = .seconds(365 * 24 * 3600)
    }

    /// How often an environment may be pointed at another main key.
    struct Replacement: Equatable, Sendable {
        static let intervalRange: ClosedRange<Duration> = .seconds(24 * 3600) ... .seconds(365 * 24 * 3600)

        var interval: Duration = .seconds(24 * 3600)
    }

    /// What one daemon lets in.
    struct Limits: Equatable, Sendable {
        static let frameRange = (4 << 10)...(16 << 20)
        static let connectionsRange = 1...65536
        static let connectionKeysRange = 1...1_000_000_000
        static let memoryRange = (32 << 20)...(16 << 30)

        /// In bytes, the length prefix not counted.
        var frame = 1 << 20
        var connections = 4096
        /// In bytes: what all clients together may have unfinished.
        var memory = 256 << 20
        /// Of one environment.
        var connectionKeys = 1_000_000
    }

    struct Log: Equatable, Sendable {
        var level: Logger.Level = .info
    }
}
