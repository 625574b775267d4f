import EKMClient
import EKMWire
import Testing

/// Runs a test against a fake daemon, and stops it behind the test.
func withDaemon(
    _ serve: @escaping @Sendable (FakePeer, Int) -> Void = { peer, _ in peer.serveBackwards() },
    options: ClientOptions = ClientOptions(timeout: .seconds(20)), _ body: (EKMClient) async throws -> Void
) async throws {
    let daemon = try FakeDaemon(serve)
    let client = EKMClient(socketPath: daemon.path, options: options)
    let result: Result<Void, any Error>
    do {
        try await body(client)
        result = .success(())
    } catch {
        result = .failure(error)
    }
    client.close()
    daemon.stop()
    try result.get()
}

/// What a call throws.
func failure<Value: ~Copyable>(_ call: () async throws(EKMClientError) -> Value) async -> EKMClientError? {
    do throws(EKMClientError) {
        _ = try await call()
        return nil
    } catch {
        return error
    }
}

/// Both faces, for tests that hold for each.
enum Face: CaseIterable, Sendable, CustomTestStringConvertible {
    case blocking, async

    var testDescription: String { self == .blocking ? "blocking" : "async" }

    func encrypt(_ plaintext: [UInt8], _ client: EKMClient, timeout: Duration? = nil) async throws(EKMClientError) -> Encrypted {
        switch self {
        case .blocking: try client.blocking.encrypt(plaintext, environment: "a/b", scope: .log, timeout: timeout)
        case .async: try await client.encrypt(plaintext, environment: "a/b", scope: .log, timeout: timeout)
        }
    }

    func ping(_ client: EKMClient, timeout: Duration? = nil) async throws(EKMClientError) {
        switch self {
        case .blocking: try client.blocking.ping(timeout: timeout)
        case .async: try await client.ping(timeout: timeout)
        }
    }

    func create(_ client: EKMClient) async throws(EKMClientError) -> EnvironmentReport {
        switch self {
        case .blocking: try client.blocking.createEnvironment("a/b")
        case .async: try await client.createEnvironment("a/b")
        }
    }
}
