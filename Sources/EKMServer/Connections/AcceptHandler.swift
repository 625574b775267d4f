internal import NIOCore

/// Counts the clients where they come in, so that the end waits for those, too, that no event loop has met yet.
final class AcceptHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let connections: ConnectionRoster

    init(connections: ConnectionRoster) { self.connections = connections }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connections.accept()
        unwrapInboundIn(data).closeFuture.whenComplete { [connections] _ in connections.close() }
        context.fireChannelRead(data)
    }
}
