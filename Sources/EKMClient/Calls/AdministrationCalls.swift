public import EKMWire

/// What operators ask for, without holding a thread.
extension EKMClient {
    /// Creates an environment.
    ///
    /// Not sent again when the connection breaks: see with `showEnvironment` whether it was created.
    public func createEnvironment(
        _ name: String, mainKey: NewMainKey = .managed, timeout: Duration? = nil
    ) async throws(EKMClientError) -> EnvironmentReport {
        try await perform(.createEnvironment(name, mainKey), timeout: timeout)
    }

    /// All environments that this user may see, by name; asked for page by page.
    public func listEnvironments(timeout: Duration? = nil) async throws(EKMClientError) -> [EnvironmentReport] {
        var (all, next): ([EnvironmentReport], String?) = ([], nil)
        repeat {
            let page = try await pageEnvironments(after: next, timeout: timeout)
            all += page.environments
            next = page.next
        } while next != nil
        return all
    }

    /// Some of the environments that this user may see, by name.
    ///
    /// - Parameters:
    ///   - name: The name to go on behind, as the page before told it; nil for the first page.
    ///   - pattern: Over names, in which `*` stands for any characters; nil for all.
    ///   - most: 1 to 1,000. A page may have fewer, and still not be the last.
    public func pageEnvironments(
        after name: String? = nil, matching pattern: String? = nil, state: EnvironmentReport.State? = nil, kind: String? = nil,
        most: Int = 200, timeout: Duration? = nil
    ) async throws(EKMClientError) -> EnvironmentPageReport {
        try await perform(.pageEnvironments(name, pattern, state, kind, most), timeout: timeout)
    }

    /// One environment.
    public func showEnvironment(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> EnvironmentReport {
        try await perform(.showEnvironment(name), timeout: timeout)
    }

    /// Tells what would become unreadable with an environment.
    public func deletionPreview(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> DeletionReport {
        try await perform(.deletionPreview(name), timeout: timeout)
    }

    /// Deletes an environment, and with it the way to read its data.
    ///
    /// Not sent again when the connection breaks: see with `showEnvironment` whether it was deleted.
    ///
    /// - Parameter confirmation: The name once more, as a person typed it.
    public func deleteEnvironment(
        _ name: String, confirmation: String, timeout: Duration? = nil
    ) async throws(EKMClientError) -> DeletionReport {
        try await perform(.deleteEnvironment(name, confirmation: confirmation), timeout: timeout)
    }

    /// How the daemon is.
    public func status(timeout: Duration? = nil) async throws(EKMClientError) -> StatusReport {
        try await perform(.status, timeout: timeout)
    }

    /// The 32 bytes of the root key, for a backup. Confirm it with `confirmRootExport` once it is where it is to stay.
    public func exportRootKey(timeout: Duration? = nil) async throws(EKMClientError) -> DataKey {
        try await perform(.rootExport, timeout: timeout)
    }

    /// Says that a copy of the root key was taken, whole; until then the daemon warns that there is none.
    ///
    /// - Parameter rootKey: The id of the key in the copy, 32 hex digits; the wire protocol's description says how it is computed.
    public func confirmRootExport(_ rootKey: String, timeout: Duration? = nil) async throws(EKMClientError) {
        try await perform(.confirmRootExport(rootKey), timeout: timeout)
    }

    /// The external id with which the daemon assumes a role for an environment, which need not exist yet.
    public func externalID(_ name: String, timeout: Duration? = nil) async throws(EKMClientError) -> String {
        try await perform(.externalID(name), timeout: timeout)
    }
}

/// What operators ask for, on the calling thread.
extension BlockingClient {
    /// Creates an environment.
    ///
    /// Not sent again when the connection breaks: see with `showEnvironment` whether it was created.
    public func createEnvironment(
        _ name: String, mainKey: NewMainKey = .managed, timeout: Duration? = nil
    ) throws(EKMClientError) -> EnvironmentReport {
        try client.performBlocking(.createEnvironment(name, mainKey), timeout: timeout)
    }

    /// All environments that this user may see, by name; asked for page by page.
    public func listEnvironments(timeout: Duration? = nil) throws(EKMClientError) -> [EnvironmentReport] {
        var (all, next): ([EnvironmentReport], String?) = ([], nil)
        repeat {
            let page = try pageEnvironments(after: next, timeout: timeout)
            all += page.environments
            next = page.next
        } while next != nil
        return all
    }

    /// Some of the environments that this user may see, by name.
    ///
    /// - Parameters:
    ///   - name: The name to go on behind, as the page before told it; nil for the first page.
    ///   - pattern: Over names, in which `*` stands for any characters; nil for all.
    ///   - most: 1 to 1,000. A page may have fewer, and still not be the last.
    public func pageEnvironments(
        after name: String? = nil, matching pattern: String? = nil, state: EnvironmentReport.State? = nil, kind: String? = nil,
        most: Int = 200, timeout: Duration? = nil
    ) throws(EKMClientError) -> EnvironmentPageReport {
        try client.performBlocking(.pageEnvironments(name, pattern, state, kind, most), timeout: timeout)
    }

    /// One environment.
    public func showEnvironment(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> EnvironmentReport {
        try client.performBlocking(.showEnvironment(name), timeout: timeout)
    }

    /// Tells what would become unreadable with an environment.
    public func deletionPreview(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> DeletionReport {
        try client.performBlocking(.deletionPreview(name), timeout: timeout)
    }

    /// Deletes an environment, and with it the way to read its data.
    ///
    /// Not sent again when the connection breaks: see with `showEnvironment` whether it was deleted.
    ///
    /// - Parameter confirmation: The name once more, as a person typed it.
    public func deleteEnvironment(
        _ name: String, confirmation: String, timeout: Duration? = nil
    ) throws(EKMClientError) -> DeletionReport {
        try client.performBlocking(.deleteEnvironment(name, confirmation: confirmation), timeout: timeout)
    }

    /// How the daemon is.
    public func status(timeout: Duration? = nil) throws(EKMClientError) -> StatusReport {
        try client.performBlocking(.status, timeout: timeout)
    }

    /// The 32 bytes of the root key, for a backup. Confirm it with `confirmRootExport` once it is where it is to stay.
    public func exportRootKey(timeout: Duration? = nil) throws(EKMClientError) -> DataKey {
        try client.performBlocking(.rootExport, timeout: timeout)
    }

    /// Says that a copy of the root key was taken, whole; until then the daemon warns that there is none.
    ///
    /// - Parameter rootKey: The id of the key in the copy, 32 hex digits; the wire protocol's description says how it is computed.
    public func confirmRootExport(_ rootKey: String, timeout: Duration? = nil) throws(EKMClientError) {
        try client.performBlocking(.confirmRootExport(rootKey), timeout: timeout)
    }

    /// The external id with which the daemon assumes a role for an environment, which need not exist yet.
    public func externalID(_ name: String, timeout: Duration? = nil) throws(EKMClientError) -> String {
        try client.performBlocking(.externalID(name), timeout: timeout)
    }
}

extension Request where Value == EnvironmentReport {
    static func createEnvironment(_ name: String, _ mainKey: NewMainKey) -> Self {
        Request(operation: .createEnvironment) { (bytes, id) throws(WireError) in
            switch mainKey {
            case .managed:
                try CreateEnvironmentRequest.encodeManaged(environment: name, into: &bytes, requestID: id)
            case .material(let material):
                try CreateEnvironmentRequest.encode(
                    environment: name, material: unsafe material.span.bytes, into: &bytes, requestID: id)
            case .kms(let key):
                try CreateEnvironmentRequest.encode(environment: name, key: key, into: &bytes, requestID: id)
            }
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(EnvironmentReport.self, from: fields)
        }
    }

    static func showEnvironment(_ name: String) -> Self { .named(.showEnvironment, name) }
}

extension Request where Value: Decodable {
    static func named(_ operation: Operation, _ name: String) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try EnvironmentRequest(operation, environment: name).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(Value.self, from: fields)
        }
    }

    /// What cannot be undone, with the name once more.
    static func confirmed(_ operation: Operation, _ name: String, _ confirmation: String) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try ConfirmedRequest(operation, environment: name, confirmation: confirmation).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(Value.self, from: fields)
        }
    }

    static func report(_ operation: Operation) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try EmptyRequest(operation).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(Value.self, from: fields)
        }
    }
}

extension Request where Value == EnvironmentPageReport {
    static func pageEnvironments(
        _ name: String?, _ pattern: String?, _ state: EnvironmentReport.State?, _ kind: String?, _ most: Int
    ) -> Self {
        Request(operation: .pageEnvironments) { (bytes, id) throws(WireError) in
            try EnvironmentPageRequest(
                after: name ?? "", pattern: pattern ?? "", state: state?.rawValue ?? "", kind: kind ?? "", most: UInt16(clamping: most)
            ).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(EnvironmentPageReport.self, from: fields)
        }
    }
}

extension Request where Value == StatusReport {
    static var status: Self { .report(.status) }
}

extension Request where Value == DeletionReport {
    static func deletionPreview(_ name: String) -> Self { .named(.deletionPreview, name) }

    static func deleteEnvironment(_ name: String, confirmation: String) -> Self {
        .confirmed(.deleteEnvironment, name, confirmation)
    }
}

extension Request where Value == DataKey {
    static var rootExport: Self {
        Request(operation: .rootExport) { (bytes, id) throws(WireError) in
            try EmptyRequest(.rootExport).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try DataKey(copying: fields)
        }
    }
}

extension Request where Value == String {
    static func externalID(_ name: String) -> Self {
        Request(operation: .externalID) { (bytes, id) throws(WireError) in
            try EnvironmentRequest(.externalID, environment: name).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            guard let text = fields.string(fields.byteOffsets) else {
                throw WireError(.malformedField, "The external id is not valid UTF-8.", remedy: "Update the older of the two.")
            }
            return text
        }
    }
}

extension Request where Value == Void {
    static func confirmRootExport(_ rootKey: String) -> Self {
        Request(operation: .confirmRootExport) { (bytes, id) throws(WireError) in
            try RootExportConfirmation(rootKey: rootKey).encode(into: &bytes, requestID: id)
        } decode: { _, _ in
        }
    }

    static var ping: Self {
        Request(operation: .ping) { (bytes, id) throws(WireError) in
            try EmptyRequest(.ping).encode(into: &bytes, requestID: id)
        } decode: { _, _ in
        }
    }
}

extension Request where Value == DaemonInfo {
    static func hello(client: String) -> Self {
        Request(operation: .hello) { (bytes, id) throws(WireError) in
            try HelloRequest(client: client).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            let answer = try HelloAnswer(parsing: fields)
            return DaemonInfo(version: answer.serverVersion, protocolVersion: answer.version, largestFrame: Int(answer.largestFrame))
        }
    }
}
