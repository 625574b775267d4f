internal import Cryptography
internal import EKMWire
internal import Glibc
package import KeyHierarchy
package import Keyring
internal import NIOCore
internal import NIOPosix

/// The daemon's socket: event loops that answer requests, and the way to stop them.
package final class Server: Sendable {
    private let service: Service
    private let group: MultiThreadedEventLoopGroup
    private let workers: [NIOLoopBound<Worker>]
    private let listener: any Channel
    /// The socket file that was made here, and goes at the end.
    private let path: String?

    private init(
        _ service: Service, _ group: MultiThreadedEventLoopGroup, _ workers: [NIOLoopBound<Worker>], _ listener: any Channel,
        _ path: String?
    ) {
        self.service = service
        self.group = group
        self.workers = workers
        self.listener = listener
        self.path = path
    }

    /// Starts listening; requests are answered when this returns.
    /// - Parameters:
    ///   - loops: how many event loops, each with a thread of its own.
    ///   - observers: those of `hierarchies`; the server drops its ciphers when an environment is wiped.
    /// - Throws: ``ServerError``.
    package static func start(
        on address: ServerAddress, loops: Int, limits: ServerLimits = ServerLimits(), hierarchies: Hierarchies, observers: KeyringObservers,
        root: RootKey, authorizer: Authorizer, daemon: DaemonFacts, clock: any BootClock = SystemBootClock(),
        wallClock: any WallClock = SystemWallClock()
    ) async throws(ServerError) -> Server {
        let path: String?
        let socket: ListeningSocket
        switch address {
        case .path(let file, let mode, let group):
            socket = try ListeningSocket(path: file, mode: mode, group: group)
            path = file
        case .inherited(let descriptor):
            socket = ListeningSocket(inherited: descriptor)
            path = nil
        }
        let service = Service(
            hierarchies: hierarchies, root: root, authorizer: authorizer, limits: limits, daemon: daemon, clock: clock, wallClock: wallClock
        )
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, loops))
        let workers = await makeWorkers(group, service)
        let bound = workers
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptHandler(connections: service.connections))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = bound.first(where: { $0.eventLoop === channel.eventLoop })?.value else { return }
                    try channel.pipeline.syncOperations.addHandler(FrameHandler(worker: worker))
                }
            }
        do {
            let listener = try await bootstrap.withBoundSocket(socket.take()).get()
            let server = Server(service, group, workers, listener, path)
            observers.add { [weak server] event in
                if case .dropped(let environment) = event { server?.drop(environment) }
            }
            hierarchies.keeper.onDropCiphers { [weak server] environment in await server?.dropped(environment) }
            service.count(
                with: LoopFigures(
                    requests: { [weak server] in await server?.requestCounts() ?? RequestCounts() },
                    ciphers: { [weak server] in await server?.cipherCounts() ?? [:] }))
            return server
        } catch {
            try? await group.shutdownGracefully()
            if let path { unsafe unlink(path) }
            throw ServerError(.cannotListen, "The socket cannot be listened on: \(error). Check who else uses it.")
        }
    }

    private static func makeWorkers(_ group: MultiThreadedEventLoopGroup, _ service: Service) async -> [NIOLoopBound<Worker>] {
        var workers: [NIOLoopBound<Worker>] = []
        for loop in group.makeIterator() {
            let made = try? await loop.submit { NIOLoopBound(Worker(loop: loop, service: service), eventLoop: loop) }.get()
            if let made { workers.append(made) }
        }
        return workers
    }

    /// How many clients are connected.
    package var connections: Int { service.connections.current }

    // MARK: Wiping and counting

    private func drop(_ environment: EnvironmentID) {
        for worker in workers { worker.eventLoop.execute { worker.value.ciphers.drop(environment) } }
    }

    /// As ``drop(_:)``, and returns when it is done.
    private func dropped(_ environment: EnvironmentID) async {
        for worker in workers { try? await worker.eventLoop.submit { worker.value.ciphers.drop(environment) }.get() }
    }

    private func requestCounts() async -> RequestCounts {
        var sum = RequestCounts()
        for worker in workers {
            if let counts = try? await worker.eventLoop.submit({ worker.value.counts }).get() { sum += counts }
        }
        return sum
    }

    private func cipherCounts() async -> [EnvironmentID: Int] {
        var sum: [EnvironmentID: Int] = [:]
        for worker in workers {
            if let counts = try? await worker.eventLoop.submit({ worker.value.ciphers.counts }).get() {
                sum.merge(counts, uniquingKeysWith: +)
            }
        }
        return sum
    }

    /// How many bytes of unfinished frames, requests that wait and unread answers all connections hold.
    var memoryTaken: Int { service.memory.taken }

    /// For tests, which look into it on its loop.
    var firstWorker: NIOLoopBound<Worker> { workers[0] }

    /// For how many keys the event loops hold ciphers.
    func ciphers() async -> Int {
        var sum = 0
        for worker in workers { sum += (try? await worker.eventLoop.submit { worker.value.ciphers.count }.get()) ?? 0 }
        return sum
    }

    /// Returns once every event loop has run something, so that a watchdog can tell they are alive.
    package func isAlive() async -> Bool {
        for worker in workers {
            guard (try? await worker.eventLoop.submit {}.get()) != nil else { return false }
        }
        return true
    }

    // MARK: The end

    /// Takes no new connections, answers what clients have sent so far, wipes all keys, and closes. What is not done `within` is dropped.
    package func shutdown(within time: Duration = .seconds(4)) async {
        let deadline = ContinuousClock.now.advanced(by: time)
        if let path { unsafe unlink(path) }
        // A listener that closes drops the clients whom it has not handed to their loops yet.
        while await clientsWait(), ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(1)) }
        try? await listener.close()
        for worker in workers {
            worker.eventLoop.execute {
                worker.value.isDraining = true
                for connection in worker.value.connections.values { connection.refuseFurtherInput() }
            }
        }
        while service.connections.open > 0, ContinuousClock.now < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        service.hierarchies.wipeAll()
        for worker in workers {
            try? await worker.eventLoop.submit {
                for connection in worker.value.connections.values { connection.closeNow() }
                worker.value.ciphers.drop()
            }.get()
        }
        try? await group.shutdownGracefully()
    }

    /// Whether clients have connected that no loop serves yet. On an inherited socket, those not accepted wait for the next daemon.
    private func clientsWait() async -> Bool {
        if service.connections.arriving > 0 { return true }
        guard path != nil else { return false }
        let listener = listener
        let answer = try? await listener.eventLoop.submit {
            try listener.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
                var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                return unsafe poll(&query, 1, 0) == 1
            }
        }.get()
        // One that was accepted since the first look is seen by the second.
        return answer ?? false || service.connections.arriving > 0
    }
}
