internal import Bedrock
internal import EKMWire
internal import NIOCore

/// Decoder and backpressure gate in one: finds the frames of a read, has them answered in one write, and reads no more while the client does not.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let worker: Worker
    private let limit: Int
    private var connection: Connection?
    private var isCounted = false
    /// The beginning of one frame, in room for the whole of it.
    private var unfinished: WipedBytes?
    /// How much is still to come of a frame that was refused for its size.
    private var skipping = 0
    private var readIsHeld = false

    init(worker: Worker) {
        self.worker = worker
        limit = worker.service.limits.frame
    }

    // MARK: Coming and going

    func channelActive(context: ChannelHandlerContext) {
        isCounted = true
        guard worker.service.connections.enter() else { return refuse(.tooManyConnections(worker.service.limits.connections), context) }
        let peer = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
            Peer(ofSocket: descriptor)
        }
        guard let peer = peer ?? nil else { return refuse(.noCredentials, context) }
        let connection = Connection(worker: worker, peer: peer, context: context)
        self.connection = connection
        worker.connections[ObjectIdentifier(connection)] = connection
        if worker.isDraining { connection.refuseFurtherInput() }
    }

    /// Tells why, with a request id of 0, and closes.
    private func refuse(_ error: WireError, _ context: ChannelHandlerContext) {
        var answer: [UInt8] = []
        Answer.appendFailure(to: .none, error: error, into: &answer)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer)), promise: sent)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isCounted { worker.service.connections.leave() }
        connection?.didClose()
        connection = nil
        unfinished = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        if unfinished != nil || skipping > 0 {
            worker.fail(.none, .incompleteFrame)
            connection?.send()
        }
        unfinished = nil
        connection?.end()
    }

    /// A broken pipe or a reset: nobody is there to be told.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Backpressure

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable { context.read() } else { readIsHeld = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if readIsHeld, context.channel.isWritable {
            readIsHeld = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let input = unwrapInboundIn(data)
        guard let connection else { return input.wipe() }
        worker.beginRead()
        take(input.readableBytesSpan, for: connection)
        connection.send()
        // The pool of read buffers holds this one too.
        input.wipe()
    }

    private func take(_ bytes: RawSpan, for connection: Connection) {
        var start = 0
        if let frame = unfinished {
            start = complete(frame, with: bytes, for: connection)
            guard unfinished == nil else { return }
        }
        while start < bytes.byteCount {
            if skipping > 0 {
                let skipped = min(skipping, bytes.byteCount - start)
                start += skipped
                skipping -= skipped
                continue
            }
            let run = FrameRun(in: bytes, from: start, limit: limit)
            if run.count > 0 { worker.answer(bytes.extracting(start..<run.end), count: run.count, for: connection) }
            start = run.end
            switch run.next {
            case .complete: break
            case .incomplete(let needed):
                keep(bytes.extracting(start..<bytes.byteCount), needed: needed)
                return
            case .tooShort(let end):
                worker.fail(.none, .shortFrame)
                start = end
            case .tooLarge(let length):
                guard let header = FrameHeader(frameAt: start, in: bytes) else {
                    keep(bytes.extracting(start..<bytes.byteCount), needed: Frame.prefixSize + FrameHeader.size)
                    return
                }
                worker.fail(header, .frameTooLarge(limit: limit))
                skipping = Frame.prefixSize + length
            }
        }
    }

    /// Adds what is missing to a frame that began in an earlier read, and has it answered.
    /// - Returns: how many of `bytes` it took.
    private func complete(_ frame: WipedBytes, with bytes: RawSpan, for connection: Connection) -> Int {
        let taken = min(frame.capacity - frame.count, bytes.byteCount)
        frame.append(bytes.extracting(0..<taken))
        guard frame.count == frame.capacity else { return taken }
        unfinished = nil
        // Either the frame is whole, or its length is known now and it needs more room.
        frame.withBytes { take($0, for: connection) }
        guard unfinished != nil else { return taken }
        return taken + (taken < bytes.byteCount ? resumeCompletion(bytes.extracting(taken..<bytes.byteCount), connection) : 0)
    }

    private func resumeCompletion(_ bytes: RawSpan, _ connection: Connection) -> Int {
        guard let frame = unfinished else { return 0 }
        return complete(frame, with: bytes, for: connection)
    }

    /// Keeps the beginning of a frame, with room for what is needed to go on.
    private func keep(_ bytes: RawSpan, needed: Int) {
        let frame = WipedBytes(capacity: needed)
        frame.append(bytes)
        unfinished = frame
    }
}
