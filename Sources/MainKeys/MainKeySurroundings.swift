package import KeyHierarchy

/// What all kinds share of the daemon around them.
package struct MainKeySurroundings: Sendable {
    /// The process's environment variables.
    package let environment: [String: String]
    /// For one operation, with all its attempts.
    package let timeout: Duration
    package let clock: any BootClock
    package let wallClock: any WallClock

    package init(environment: [String: String], timeout: Duration, clock: any BootClock, wallClock: any WallClock) {
        self.environment = environment
        self.timeout = timeout
        self.clock = clock
        self.wallClock = wallClock
    }
}
