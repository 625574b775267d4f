/// How far a repack has come. Times are ISO 8601, in UTC.
public struct RepackReport: Codable, Hashable, Sendable {
    /// `running`, `waiting`, `paused`, or `none` where there is no repack.
    public var state: String
    /// Why it was begun: `rotation` or `replacement`.
    @Nullable public var cause: String?
    /// How many keys are wrapped under the new environment key.
    public var moved: Int
    /// How many keys there were to move at the start.
    public var total: Int
    /// How fast it moves keys just now; nil while it does not.
    @Nullable public var keysPerSecond: Int?
    /// How long it will still take at that rate.
    @Nullable public var secondsLeft: Int?
    @Nullable public var startedAt: String?
    /// What it waits for, and why; nil while it runs.
    @Nullable public var waitingFor: Wait?
    /// Under what keys hang that are still to be moved.
    public var from: [End]
    /// Under what every key is to hang.
    @Nullable public var to: End?

    public init(
        state: String, cause: String? = nil, moved: Int, total: Int, keysPerSecond: Int? = nil, secondsLeft: Int? = nil,
        startedAt: String? = nil, waitingFor: Wait? = nil, from: [End] = [], to: End? = nil
    ) {
        self.state = state
        self.cause = cause
        self.moved = moved
        self.total = total
        self.keysPerSecond = keysPerSecond
        self.secondsLeft = secondsLeft
        self.startedAt = startedAt
        self.waitingFor = waitingFor
        self.from = from
        self.to = to
    }
}

extension RepackReport {
    public struct Wait: Codable, Hashable, Sendable {
        /// What it waits for, for a person.
        public var text: String
        /// Why, where a KMS said so in its own words.
        @Nullable public var why: String?

        public init(text: String, why: String? = nil) {
            self.text = text
            self.why = why
        }
    }

    /// A version of the environment key, and the main key that wraps it.
    public struct End: Codable, Hashable, Sendable {
        public var version: Int
        public var mainKey: MainKeyReport

        public init(version: Int, mainKey: MainKeyReport) {
            self.version = version
            self.mainKey = mainKey
        }
    }
}
