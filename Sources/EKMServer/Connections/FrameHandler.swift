internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import NIOCore

/// Decoder and backpressure gate in one: finds the frames of a read, has them answered in one write, and reads no more while the client does
/// not, or while others have their turns first.
final class FrameHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let worker: Worker
    private var context: ChannelHandlerContext?
    private var connection: Connection?
    /// The beginning of one frame, in room for what has come of it.
    private var unfinished: WipedBytes?
    /// How much of the memory of all connections it holds.
    private var held = 0
    /// How much is still to come of a frame that was refused for its size.
    private var skipping = 0
    private var readIsHeld = false
    /// What was read and waits for its turn.
    private var inbox = Queue<ByteBuffer>()
    private var isInLine = false
    private var inputHasEnded = false
    private var largeReads = LargeReads()

    /// Whether it takes one of the places for connections.
    private let isCounted: Bool

    init(worker: Worker, isCounted: Bool = true) {
        self.worker = worker
        self.isCounted = isCounted
    }

    // MARK: Coming and going

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        let service = worker.service
        let peer = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
            Peer(ofSocket: descriptor)
        }
        guard let peer = peer ?? nil else { return refuse(.noCredentials, context) }
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let loop = worker.loop
        let now = service.clock.now.nanoseconds
        let seat =
            isCounted
            ? service.connections.enter(peer.user, isAdministrator: service.authorizer.administers(peer), at: now) {
                loop.execute { handler.value.giveUp() }
            } : ConnectionRoster.apart(at: now)
        guard let seat else {
            return refuse(.tooManyConnections(service.connections.limit, share: service.connections.share), context)
        }
        let connection = Connection(worker: worker, peer: peer, seat: seat, context: context)
        self.connection = connection
        worker.connections[ObjectIdentifier(connection)] = connection
        if worker.isDraining { connection.refuseFurtherInput() }
    }

    /// Makes room for another.
    private func giveUp() {
        guard let context, let connection else { return }
        forgetInput()
        forgetLargeReads(connection)
        connection.didClose()
        self.connection = nil
        refuse(.givenUpForAnother, context)
    }

    /// Tells why, with a request id of 0, and closes.
    private func refuse(_ error: WireError, _ context: ChannelHandlerContext) {
        var answer: [UInt8] = []
        Answer.appendFailure(to: .none, error: error, into: &answer)
        worker.service.connections.refuse()
        let (sent, connections) = (context.eventLoop.makePromise(of: Void.self), worker.service.connections)
        context.channel.closeFuture.whenComplete { _ in connections.endRefusal() }
        sent.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: answer)), promise: sent)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let connection {
            worker.service.connections.leave(connection.seat)
            forgetLargeReads(connection)
        }
        forgetInput()
        connection?.didClose()
        connection = nil
        self.context = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        inputHasEnded = true
        if inbox.isEmpty { end() }
    }

    private func end() {
        if unfinished != nil || skipping > 0 {
            worker.fail(.none, .incompleteFrame)
            connection?.send()
        }
        forgetUnfinished()
        connection?.end()
    }

    /// A broken pipe or a reset: nobody is there to be told.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Backpressure

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable, inbox.isEmpty { context.read() } else { readIsHeld = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { connection?.releaseUnread() }
        goOnReading(context)
        context.fireChannelWritabilityChanged()
    }

    private func goOnReading(_ context: ChannelHandlerContext) {
        guard readIsHeld, context.channel.isWritable, inbox.isEmpty else { return }
        readIsHeld = false
        context.read()
    }

    // MARK: Turns

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var input = unwrapInboundIn(data)
        guard let connection else { return input.wipe() }
        worker.beginRead()
        connection.seat.touch(worker.moment.now.nanoseconds)
        if largeReads.note(input.readableBytes), worker.service.memory.takeSpare(LargeReads.cost, connection.peer.user) {
            largeReads.grant(context.channel)
        }
        guard !isInLine, worker.mayTakeTurn else { return wait(input, connection) }
        let taken = take(input.readableBytesSpan, for: connection, until: worker.turnEnd())
        connection.send()
        // The pool of read buffers holds this one too.
        input.wipe(taken)
        guard input.readableBytes > 0 else { return }
        // Sending may have shown that nobody is there.
        if self.connection != nil { wait(input, connection) } else { input.wipe() }
    }

    private func wait(_ input: ByteBuffer, _ connection: Connection) {
        guard worker.service.memory.take(input.readableBytes, connection.peer.user) else {
            input.wipe()
            worker.fail(.none, .noMemory(worker.service.memory))
            connection.send()
            connection.closeNow()
            return
        }
        inbox.append(input)
        standInLine(connection)
    }

    private func standInLine(_ connection: Connection) {
        guard !isInLine else { return }
        isInLine = true
        worker.line(self, of: connection.peer.user)
    }

    /// Answers what waits, as far as one turn goes.
    func takeTurn() {
        isInLine = false
        guard let connection, let context, var input = inbox.removeFirst() else { return }
        let (size, memory, user) = (input.readableBytes, worker.service.memory, connection.peer.user)
        worker.beginRead()
        let taken = take(input.readableBytesSpan, for: connection, until: worker.turnEnd())
        connection.send()
        input.wipe(taken)
        memory.give(taken, user)
        guard self.connection != nil else {
            input.wipe()
            return memory.give(size - taken, user)
        }
        if taken < size { inbox.prepend(input) }
        guard inbox.isEmpty else { return standInLine(connection) }
        goOnReading(context)
        if inputHasEnded { end() }
    }

    private func forgetLargeReads(_ connection: Connection) {
        if largeReads.isGranted { worker.service.memory.give(LargeReads.cost, connection.peer.user) }
        largeReads = LargeReads()
    }

    private func forgetInput() {
        forgetUnfinished()
        while let input = inbox.removeFirst() {
            input.wipe()
            if let connection { worker.service.memory.give(input.readableBytes, connection.peer.user) }
        }
    }

    // MARK: Frames

    /// - Returns: how many bytes it took; fewer than there are where the turn is over.
    private func take(_ bytes: RawSpan, for connection: Connection, until turn: TurnEnd) -> Int {
        let limit = connection.largestFrame
        var start = 0
        if unfinished != nil {
            start = complete(with: bytes, for: connection)
            guard unfinished == nil else { return start }
        }
        while start < bytes.byteCount {
            if skipping > 0 {
                let skipped = min(skipping, bytes.byteCount - start)
                start += skipped
                skipping -= skipped
                continue
            }
            let run = FrameRun(in: bytes, from: start, limit: limit)
            if run.count > 0 {
                let answered = worker.answer(bytes.extracting(start..<run.end), count: run.count, for: connection, until: turn)
                start += answered
                guard start == run.end else { return start }
            }
            switch run.next {
            case .complete: break
            case .incomplete(let needed):
                keep(bytes.extracting(start..<bytes.byteCount), needed: needed, for: connection)
                return bytes.byteCount
            case .tooShort(let end):
                worker.fail(.none, .shortFrame)
                start = end
            case .tooLarge(let length):
                guard let header = FrameHeader(frameAt: start, in: bytes) else {
                    keep(bytes.extracting(start..<bytes.byteCount), needed: Frame.prefixSize + FrameHeader.size, for: connection)
                    return bytes.byteCount
                }
                worker.fail(header, .frameTooLarge(limit: limit))
                skipping = Frame.prefixSize + length
            }
        }
        return start
    }

    /// Adds what is missing to a frame that began in an earlier read, and has it answered.
    /// - Returns: how many of `bytes` it took.
    private func complete(with bytes: RawSpan, for connection: Connection) -> Int {
        var at = 0
        while let frame = unfinished, at < bytes.byteCount {
            let taken = min(frame.capacity - frame.count, bytes.byteCount - at)
            frame.append(bytes.extracting(at..<(at + taken)))
            at += taken
            guard frame.count == frame.capacity else { break }
            forgetUnfinished()
            // Either the frame is whole, or its length is known now and it needs more room.
            _ = frame.withBytes { take($0, for: connection, until: .never) }
        }
        return at
    }

    /// Keeps the beginning of a frame, with room for what is needed to go on.
    private func keep(_ bytes: RawSpan, needed: Int, for connection: Connection) {
        // Without so much the next frame could not be found.
        let isFree = needed <= Frame.prefixSize + FrameHeader.size
        guard isFree || worker.service.memory.take(needed, connection.peer.user) else {
            worker.fail(FrameHeader(frameAt: 0, in: bytes) ?? .none, .noMemory(worker.service.memory))
            skipping = needed - bytes.byteCount
            return
        }
        held = isFree ? 0 : needed
        let frame = WipedBytes(capacity: needed)
        frame.append(bytes)
        unfinished = frame
    }

    private func forgetUnfinished() {
        unfinished = nil
        if let connection { worker.service.memory.give(held, connection.peer.user) }
        held = 0
    }
}
