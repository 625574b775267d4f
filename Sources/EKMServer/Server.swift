internal import Cryptography
internal import EKMWire
internal import Glibc
package import KeyHierarchy
package import Keyring
internal import NIOCore
internal import NIOPosix

/// The daemon's socket: event loops that answer requests, and the way to stop them.
package final class Server: Sendable {
    let service: Service
    private let group: MultiThreadedEventLoopGroup
    let workers: [NIOLoopBound<Worker>]
    let listeners: Listeners

    private init(
        _ service: Service, _ group: MultiThreadedEventLoopGroup, _ workers: [NIOLoopBound<Worker>], _ listeners: Listeners
    ) {
        self.service = service
        self.group = group
        self.workers = workers
        self.listeners = listeners
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
        let socket: ListeningSocket =
            switch address {
            case .path(let file, let mode, let group): try ListeningSocket(path: file, mode: mode, group: group)
            case .inherited(let descriptor, _): ListeningSocket(inherited: descriptor)
            }
        let service = Service(
            hierarchies: hierarchies, root: root, authorizer: authorizer, limits: limits, daemon: daemon, clock: clock, wallClock: wallClock
        )
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, loops))
        let workers = await makeWorkers(group, service)
        let listeners = Listeners(address, group: group, workers: workers, connections: service.connections)
        do {
            try await listeners.listen(on: socket.take())
            let server = Server(service, group, workers, listeners)
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
            listeners.removeFile()
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

    /// How many clients were told that no descriptor was left for them.
    package var turnedAway: Int { service.connections.turnedAway }

    /// Looks whether clients still find the socket, and makes it again where it is gone and was made here.
    /// - Parameter mode: of the file that is made.
    package func checkSocket(mode: UInt32) async -> SocketStanding { await listeners.check(mode: mode) }

    /// Serves the daemon's own question to itself: its client takes nobody's place, and does not stand behind those who wait.
    /// - Parameter descriptor: one end of a pair of sockets, which is closed by its new owner.
    package func serve(_ descriptor: CInt) async throws(ServerError) {
        let worker = workers[0]
        do {
            _ = try await ClientBootstrap(group: worker.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(FrameHandler(worker: worker.value, isCounted: false))
                    }
                }
                .withConnectedSocket(descriptor).get()
        } catch { throw ServerError(.cannotListen, "No event loop takes a connection: \(error).") }
    }

    // MARK: Wiping and counting

    private func drop(_ environment: EnvironmentID) {
        for worker in workers { worker.eventLoop.execute { worker.value.drop(environment) } }
    }

    /// As ``drop(_:)``, and returns when it is done.
    private func dropped(_ environment: EnvironmentID) async {
        for worker in workers { try? await worker.eventLoop.submit { worker.value.drop(environment) }.get() }
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

    /// How many clients have not read plaintext or keys that were sent to them.
    func slowReaders() async -> Int {
        var sum = 0
        for worker in workers { sum += (try? await worker.eventLoop.submit { worker.value.slowReaders.count }.get()) ?? 0 }
        return sum
    }

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
        listeners.removeFile()
        // A listener that closes drops the clients whom it has not handed to their loops yet.
        while await listeners.clientsWait(), ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(1)) }
        await listeners.close()
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
}
