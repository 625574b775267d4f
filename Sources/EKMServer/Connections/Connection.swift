internal import Bedrock
internal import EKMWire
internal import Glibc
internal import KeyHierarchy
internal import NIOCore

/// One client: who it is, what of it waits; and the way its answers leave.
final class Connection {
    /// How many requests of one connection may wait at a time.
    static let mostWaiting = 16_384

    let worker: Worker
    let peer: Peer
    let seat: ConnectionRoster.Seat
    /// Nil once closed.
    private var context: ChannelHandlerContext?
    /// What peers like this one asked for last.
    let warm: WarmKeyTables
    private var waiting = 0
    private var waitingBytes = 0
    /// The authorizer's epoch in which it was looked up whether any grant speaks of the peer.
    var knownAt: UInt64?
    var isKnown = false
    /// Those that wait behind nobody have a lane of their own.
    var ordinary = BesideLane()
    var urgent = BesideLane()
    /// Bytes of answers that the client has not read.
    private var unread = 0
    /// No request comes any more: close when all are answered.
    private var isEnding = false

    init(worker: Worker, peer: Peer, seat: ConnectionRoster.Seat, context: ChannelHandlerContext) {
        self.worker = worker
        self.peer = peer
        self.seat = seat
        self.context = context
        warm = worker.enter(peer)
    }

    var isOpen: Bool { context != nil }

    // MARK: Requests that wait

    /// - Throws: ``ErrorCode/limitReached`` when too much of this connection waits already.
    func beginWaiting(_ byteCount: Int) throws(WireError) {
        guard waiting < Self.mostWaiting, waitingBytes + byteCount <= worker.service.mostWaitingBytes else { throw .busy }
        guard worker.service.memory.take(byteCount, peer.user) else { throw .noMemory(worker.service.memory) }
        waiting += 1
        waitingBytes += byteCount
        if waiting == 1 { seat.works(true) }
    }

    func endWaiting(_ byteCount: Int) {
        waiting -= 1
        waitingBytes -= byteCount
        worker.service.memory.give(byteCount, peer.user)
        if waiting == 0 {
            seat.works(false)
            seat.touch(worker.service.clock.now.nanoseconds)
        }
        closeIfDone()
    }

    // MARK: Answers

    /// Sends what the worker has written for this connection, in one write, and wipes it once it has left.
    func send() {
        defer { worker.clearAnswers() }
        guard let context, worker.answers.readableBytes > 0 || !worker.failures.isEmpty else {
            worker.failures.removeAll(keepingCapacity: true)
            return
        }
        if worker.answers.readableBytes > 0 { context.write(NIOAny(worker.answers), promise: nil) }
        if !worker.failures.isEmpty {
            context.write(NIOAny(context.channel.allocator.buffer(bytes: worker.failures)), promise: nil)
            worker.failures.removeAll(keepingCapacity: true)
        }
        context.flush()
        if worker.answersHoldPlaintext { wipeOnceSent(worker.answers) }
        holdUnread(context)
    }

    /// Sends a whole answer that was made off the loop.
    func send(_ answer: ByteBuffer) {
        guard let context else { return answer.wipe() }
        context.writeAndFlush(NIOAny(answer), promise: nil)
        wipeOnceSent(answer)
        holdUnread(context)
    }

    /// Counts what the client does not read with what its user holds. One that has all of its share in answers that nobody reads is closed.
    private func holdUnread(_ context: ChannelHandlerContext) {
        guard !context.channel.isWritable else { return }
        let unsent = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        guard unsent > unread else { return }
        guard worker.service.memory.take(unsent - unread, peer.user) else { return context.close(promise: nil) }
        unread = unsent
    }

    /// The client reads again.
    func releaseUnread() {
        worker.service.memory.give(unread, peer.user)
        unread = 0
    }

    private func wipeOnceSent(_ buffer: ByteBuffer) {
        guard let context, let unsent = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes), unsent > 0 else {
            buffer.wipe()
            return
        }
        // Written after the buffer, so that it has left when this has.
        let left = context.eventLoop.makePromise(of: Void.self)
        left.futureResult.whenComplete { _ in buffer.wipe() }
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: left)
    }

    // MARK: The end

    /// The client sends nothing more, or what it sends is not wanted: answer what is there, then close.
    func end() {
        isEnding = true
        closeIfDone()
    }

    /// Makes the kernel end the stream behind what the client has sent so far: that is still read and answered.
    func refuseFurtherInput() {
        _ = try? context?.pipeline.syncOperations.withUnsafeTransportIfAvailable { (descriptor: NIOBSDSocket.Handle) in
            shutdown(descriptor, CInt(SHUT_RD))
        }
    }

    /// Without waiting for anything.
    func closeNow() { context?.close(promise: nil) }

    func didClose() {
        guard context != nil else { return }
        context = nil
        worker.leave(peer, warm)
        // What has begun ends by itself; the rest ends with its client.
        while let pass = ordinary.forget() ?? urgent.forget() { endWaiting(pass.raw.fields.count) }
        releaseUnread()
        worker.connections[ObjectIdentifier(self)] = nil
    }

    private func closeIfDone() {
        guard isEnding, waiting == 0, let context else { return }
        isEnding = false
        // A close would drop what has not left yet.
        let left = context.eventLoop.makePromise(of: Void.self)
        left.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: left)
    }
}

extension ByteBuffer {
    /// Zeroes the readable bytes in place, although others hold the same storage: a mutating call would copy it first.
    func wipe() { wipeBytes(readableBytes) }

    /// Zeroes the first readable bytes, and passes over them.
    mutating func wipe(_ count: Int) {
        wipeBytes(count)
        moveReaderIndex(forwardBy: count)
    }

    private func wipeBytes(_ count: Int) {
        unsafe withVeryUnsafeBytes { storage in
            guard let base = storage.baseAddress else { return }
            unsafe explicit_bzero(UnsafeMutableRawPointer(mutating: base + readerIndex), count)
        }
    }
}
