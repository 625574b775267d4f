public import EKMWire

/// The clock, and what is wrong, on the calling thread.
extension BlockingClient {
    /// Whether the daemon believes the wall clock.
    public func showClock(timeout: Duration? = nil) throws(EKMClientError) -> ClockReport {
        try client.performBlocking(.showClock, timeout: timeout)
    }

    /// Makes the daemon believe the wall clock as it is now.
    public func acceptClock(timeout: Duration? = nil) throws(EKMClientError) -> ClockReport {
        try client.performBlocking(.acceptClock, timeout: timeout)
    }

    /// Walks the real path, and tells what it found.
    ///
    /// - Parameter name: One environment; nil for the daemon and all.
    public func diagnose(_ name: String? = nil, timeout: Duration? = nil) throws(EKMClientError) -> DoctorReport {
        try client.performBlocking(.diagnose(name ?? ""), timeout: timeout)
    }
}
