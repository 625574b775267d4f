public import EKMWire

/// The clock, and what is wrong, without holding a thread.
extension EKMClient {
    /// Whether the daemon believes the wall clock.
    public func showClock(timeout: Duration? = nil) async throws(EKMClientError) -> ClockReport {
        try await perform(.showClock, timeout: timeout)
    }

    /// Makes the daemon believe the wall clock as it is now.
    public func acceptClock(timeout: Duration? = nil) async throws(EKMClientError) -> ClockReport {
        try await perform(.acceptClock, timeout: timeout)
    }

    /// Walks the real path, and tells what it found.
    ///
    /// - Parameter name: One environment; nil for the daemon and all.
    public func diagnose(_ name: String? = nil, timeout: Duration? = nil) async throws(EKMClientError) -> DoctorReport {
        try await perform(.diagnose(name ?? ""), timeout: timeout)
    }
}
