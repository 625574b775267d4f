internal import EKMWire
internal import Glibc
internal import NIOCore

/// Counts the clients where they come in, so that the end waits for those, too, that no event loop has met yet; and tells those for
/// whom there is no descriptor.
final class AcceptHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let connections: ConnectionRoster
    private let spare = SpareDescriptor()

    init(connections: ConnectionRoster) { self.connections = connections }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connections.accept()
        unwrapInboundIn(data).closeFuture.whenComplete { [connections] _ in connections.close() }
        context.fireChannelRead(data)
    }

    /// NIO tries again after a second.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == EMFILE || error.errnoCode == ENFILE { turnAway(context) }
        context.fireErrorCaught(error)
    }

    private func turnAway(_ context: ChannelHandlerContext) {
        var answer: [UInt8] = []
        Answer.appendFailure(to: .none, error: .noDescriptors, into: &answer)
        let count = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
            spare.turnAway(from: descriptor, with: answer)
        }
        connections.turnAway(count.flatMap { $0 } ?? 0)
    }
}
