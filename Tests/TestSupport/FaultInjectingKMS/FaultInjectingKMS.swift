import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// AWS KMS and STS, played in the test's own process, with faults on demand.
///
/// Keys have states, generations and aliases; ciphertexts are authenticated and bound to key and context; errors are AWS's own.
/// Where an emulator and AWS's API reference disagree, this follows the reference. It listens on 127.0.0.1, without TLS.
package final class FaultInjectingKMS: Sendable {
    package static let account = "111122223333"
    /// Where a container finds its credentials.
    package static let containerCredentialsPath = "/container/credentials"

    /// `http://127.0.0.1:PORT`, for KMS, STS, instance metadata and container credentials alike.
    package let endpoint: String
    package let region: String
    private let port: Int
    let account: Guarded<Account>
    private let listener: Guarded<(any Channel)?>
    private let connections = Guarded<[any Channel]>([])

    package init(region: String = "eu-central-1") throws {
        self.region = region
        account = Guarded(Account(region: region))
        listener = Guarded(nil)
        // The port is bound before there is a self to serve it; nobody knows it until then.
        let server = Guarded<WeakServer?>(nil)
        port = try freeLoopbackPort()
        let channel = try Self.bind(port) { channel in try server.with { $0 }?.kms?.serve(channel) }
        endpoint = "http://127.0.0.1:\(port)"
        listener.with { $0 = channel }
        server.with { $0 = WeakServer(kms: self) }
    }

    deinit {
        // Not `goDown()`, which waits: the last reference may go on an event loop.
        listener.with { $0 }?.close(promise: nil)
        for connection in connections.with({ $0 }) { connection.close(promise: nil) }
    }

    /// Stops listening and closes every connection: the address refuses from now on.
    package func goDown() {
        try? listener.with { listener in
            defer { listener = nil }
            return listener
        }?.close().wait()
        for connection in connections.with({ $0 }) { try? connection.close().wait() }
    }

    /// Listens again, at the same address.
    package func comeBack() throws {
        let channel = try Self.bind(port) { [weak self] channel in try self?.serve(channel) }
        listener.with { $0 = channel }
    }

    private struct WeakServer: Sendable {
        weak let kms: FaultInjectingKMS?
    }

    private func serve(_ channel: any Channel) throws {
        let number = connections.with { connections in
            connections.append(channel)
            return connections.count - 1
        }
        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
        let handler = ConnectionHandler(connection: number) { [weak self] incoming in self?.receive(incoming) ?? .none }
        try channel.pipeline.syncOperations.addHandler(handler)
    }

    private static func bind(_ port: Int, _ accept: @escaping @Sendable (any Channel) throws -> Void) throws -> any Channel {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try accept(channel) }
            }
        for _ in 0..<40 {
            if let channel = try? bootstrap.bind(host: "127.0.0.1", port: port).wait() { return channel }
            // A process that is just being started may hold the old socket for a moment.
            usleep(50_000)
        }
        return try bootstrap.bind(host: "127.0.0.1", port: port).wait()
    }

    // MARK: Faults

    /// From now on, does `fault` to the requests that `selector` names. Of several rules that fit, the oldest applies.
    package func inject(_ selector: Selector, _ fault: Fault) {
        account.with { $0.rules.append((selector, fault)) }
    }

    /// Takes all faults back. What hangs, hangs until ``release()``.
    package func clearFaults() {
        account.with { $0.rules = [] }
    }

    /// Takes the hangs back, and sends what was held.
    package func release() {
        let held = account.with { account in
            account.rules.removeAll { if case .hang = $0.fault { true } else { false } }
            defer { account.held = [] }
            return account.held
        }
        for send in held { send() }
    }

    // MARK: What was asked

    /// How many requests arrived for `operation`, or for it and `key`, answered or not.
    package func calls(_ operation: Operation, key: String? = nil) -> Int {
        account.with { account in
            let id = key.map { (try? account.key(named: $0))?.id ?? $0 }
            return account.requests.count { $0.operation == operation && (id == nil || $0.key == id) }
        }
    }

    /// All requests so far, the oldest first.
    package var requests: [Request] { account.with { $0.requests } }

    /// Forgets the requests so far.
    package func forgetRequests() {
        account.with { $0.requests = [] }
    }

    /// Returns as soon as `count` requests for `operation` have arrived; throws when they have not after `timeout`.
    package func waitForCalls(_ operation: Operation, key: String? = nil, count: Int, timeout: Duration = .seconds(20)) async throws {
        let deadline = ContinuousClock.now + timeout
        while calls(operation, key: key) < count {
            guard ContinuousClock.now < deadline else {
                throw ProcessFailure("\(calls(operation, key: key)) of \(count) \(operation.rawValue) requests came within \(timeout)")
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}
