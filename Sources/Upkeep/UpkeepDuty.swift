/// What has to be done for the keys without anybody asking.
package enum UpkeepDuty: Hashable, Sendable {
    /// Prove again what is in use, before its deadline.
    case renew(EnvironmentID)
    /// Ask a KMS for a key's state and generation.
    case poll(PollTarget)
    /// Make the next hour's key.
    case makeHourlyKey(EnvironmentID)
    /// Rotate a key that ekmd manages.
    case rotateManagedKey(EnvironmentID)
    /// Erase what its retention ends.
    case runRetention(EnvironmentID)
    /// Compare the clocks, and keep where they stand.
    case tickClock
}
