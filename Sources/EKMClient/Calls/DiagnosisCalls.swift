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

    /// What this user may do, and on what.
    ///
    /// - Parameters:
    ///   - environment: One environment; nil for all that is granted.
    ///   - user: Another user's number; only who administers everything may ask.
    public func whoami(on environment: String? = nil, user: UInt32? = nil, timeout: Duration? = nil)
        async throws(EKMClientError) -> PermissionsReport
    {
        try await perform(.whoami(environment, user), timeout: timeout)
    }
}

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

    /// What this user may do, and on what.
    ///
    /// - Parameters:
    ///   - environment: One environment; nil for all that is granted.
    ///   - user: Another user's number; only who administers everything may ask.
    public func whoami(on environment: String? = nil, user: UInt32? = nil, timeout: Duration? = nil)
        throws(EKMClientError) -> PermissionsReport
    {
        try client.performBlocking(.whoami(environment, user), timeout: timeout)
    }
}

extension Request where Value == PermissionsReport {
    static func whoami(_ environment: String?, _ user: UInt32?) -> Self {
        Request(operation: .whoami) { (bytes, id) throws(WireError) in
            try WhoamiRequest(environment: environment ?? "", user: user).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(PermissionsReport.self, from: fields)
        }
    }
}
