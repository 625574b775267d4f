internal import Bedrock
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Who listens on the daemon's socket; and again where its file was taken away.
final class Listeners: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var file: SocketFile?
    }

    private let address: ServerAddress
    private let group: MultiThreadedEventLoopGroup
    private let workers: [NIOLoopBound<Worker>]
    private let connections: ConnectionRoster
    private let state = Lock(State())

    init(_ address: ServerAddress, group: MultiThreadedEventLoopGroup, workers: [NIOLoopBound<Worker>], connections: ConnectionRoster) {
        self.address = address
        self.group = group
        self.workers = workers
        self.connections = connections
    }

    /// - Parameter descriptor: of a socket that listens; its new owner closes it.
    func listen(on descriptor: CInt) async throws {
        let (workers, connections) = (workers, connections)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptHandler(connections: connections))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let worker = workers.first(where: { $0.eventLoop === channel.eventLoop })?.value else { return }
                    try channel.pipeline.syncOperations.addHandler(FrameHandler(worker: worker))
                }
            }
            .withBoundSocket(descriptor).get()
        let file = SocketFile(at: address.path)
        state.withLock { state in
            state.channels.append(channel)
            state.file = file
        }
    }

    // MARK: The file

    /// Looks whether clients still find the socket, and makes it again where it is gone and was made here.
    /// - Parameter mode: of the file that is made.
    func check(mode: UInt32) async -> SocketStanding {
        guard let file = state.withLock({ $0.file }) else { return .stands }
        switch file.look() {
        case .itself:
            await closeFormer()
            return .stands
        case .another: return .replaced
        case .nothing:
            guard case .path(let path, _, let group) = address else { return .gone }
            do {
                try await listen(on: ListeningSocket(path: path, mode: mode, group: group).take())
                return .madeAgain
            } catch { return .gone }
        }
    }

    /// Those whose file is gone have handed over whoever had connected.
    private func closeFormer() async {
        let former = state.withLock { state in
            defer { state.channels = state.channels.suffix(1) }
            return state.channels.dropLast()
        }
        for channel in former { try? await channel.close() }
    }

    /// The socket file that was made here.
    func removeFile() {
        guard case .path(let path, _, _) = address, state.withLock({ $0.file })?.look() == .itself else { return }
        unsafe unlink(path)
    }

    // MARK: The end

    /// Whether clients have connected that no loop serves yet. On an inherited socket, those not accepted wait for the next daemon.
    func clientsWait() async -> Bool {
        if connections.arriving > 0 { return true }
        guard case .path = address else { return false }
        for channel in state.withLock({ $0.channels }) {
            let answer = try? await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
                    var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    return unsafe poll(&query, 1, 0) == 1
                }
            }.get()
            if answer ?? false { return true }
        }
        // One that was accepted since the first look is seen by the second.
        return connections.arriving > 0
    }

    func close() async {
        let channels = state.withLock { state in
            defer { state.channels = [] }
            return state.channels
        }
        for channel in channels { try? await channel.close() }
    }
}
