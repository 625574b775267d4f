internal import Bedrock
internal import EKMWire
internal import Glibc
internal import KeyHierarchy
internal import Keyring
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
    /// How often each id waits: a request that is parked anew begins to wait before it ends.
    private var waitingIDs: [UInt32: Int] = [:]
    private var waitingBytes = 0
    /// Whether a hello was agreed on.
    var hasAgreed = false { didSet { isPlain = hasAgreed && waiting == 0 } }
    /// Whether any request of any id may be asked.
    private(set) var isPlain = false
    /// The authorizer's epoch in which it was looked up whether any grant speaks of the peer.
    private var knownAt: UInt64?
    private var isKnown = false
    /// Those that wait behind nobody have a lane of their own.
    var ordinary = BesideLane()
    var urgent = BesideLane()
    /// What of each environment the client has not read.
    private var unreadSecrets: [EnvironmentID: UnreadSecrets] = [:]
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

    // MARK: What may be asked

    /// - Throws: what the state of the connection has against the request.
    func admit(_ request: FrameHeader) throws(WireError) {
        guard hasAgreed || request.operation == .hello else { throw .noHello }
        guard waitingIDs[request.requestID] == nil else { throw .duplicateID }
    }

    /// By the grants of now.
    var largestFrame: Int {
        let authorizer = worker.service.authorizer
        if knownAt != authorizer.epoch {
            knownAt = authorizer.epoch
            isKnown = authorizer.knows(peer)
        }
        return isKnown ? worker.service.limits.frame : min(ServerLimits.smallFrame, worker.service.limits.frame)
    }

    // MARK: Requests that wait

    /// - Throws: ``ErrorCode/limitReached`` when too much of this connection waits already.
    func beginWaiting(_ request: FrameHeader, _ byteCount: Int) throws(WireError) {
        guard waiting < Self.mostWaiting, waitingBytes + byteCount <= worker.service.mostWaitingBytes else { throw .busy }
        guard worker.service.memory.take(byteCount, peer.user) else { throw .noMemory(worker.service.memory) }
        waiting += 1
        waitingIDs[request.requestID, default: 0] += 1
        isPlain = false
        waitingBytes += byteCount
        if waiting == 1 { seat.works(true) }
    }

    func endWaiting(_ request: FrameHeader, _ byteCount: Int) {
        waiting -= 1
        if let times = waitingIDs[request.requestID] { waitingIDs[request.requestID] = times > 1 ? times - 1 : nil }
        waitingBytes -= byteCount
        worker.service.memory.give(byteCount, peer.user)
        if waiting == 0 {
            isPlain = hasAgreed
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
        if !worker.answersHold.isEmpty { wipeOnceSent(worker.answers, secretsOf: worker.answersHold) }
        holdUnread(context)
    }

    /// Sends a whole answer that was made off the loop.
    func send(_ answer: ByteBuffer, secretsOf environment: LiveEnvironment?) {
        guard let context else { return answer.wipe() }
        context.writeAndFlush(NIOAny(answer), promise: nil)
        wipeOnceSent(answer, secretsOf: environment.map { [$0] } ?? [])
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

    private func wipeOnceSent(_ buffer: ByteBuffer, secretsOf environments: [LiveEnvironment]) {
        guard let context, let unsent = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes), unsent > 0 else {
            buffer.wipe()
            return
        }
        // Written after the buffer, so that it has left when this has.
        let left = context.eventLoop.makePromise(of: Void.self)
        for environment in environments { unreadSecrets[environment.identity.id, default: UnreadSecrets(of: environment)].times += 1 }
        if !environments.isEmpty { worker.slowReaders[ObjectIdentifier(self)] = self }
        left.futureResult.assumeIsolated().whenComplete { [self] _ in
            buffer.wipe()
            haveLeft(environments)
        }
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: left)
    }

    private func haveLeft(_ environments: [LiveEnvironment]) {
        for environment in environments {
            let id = environment.identity.id
            unreadSecrets[id]?.times -= 1
            if unreadSecrets[id]?.times == 0 { unreadSecrets[id] = nil }
        }
        if unreadSecrets.isEmpty { worker.slowReaders[ObjectIdentifier(self)] = nil }
    }

    /// Where nothing of the environment may be used any more, what its client has not read of it ends, and with it the connection: the
    /// rest could not be paired with its requests.
    func dropUnread(of id: EnvironmentID) {
        guard let environment = unreadSecrets[id]?.environment, environment.deadline <= worker.service.clock.now else { return }
        closeNow()
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
        while let pass = ordinary.forget() ?? urgent.forget() { endWaiting(pass.raw.header, pass.raw.fields.count) }
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

/// How many writes that have not left hold plaintext or keys of an environment.
private struct UnreadSecrets {
    let environment: LiveEnvironment
    var times = 0

    init(of environment: LiveEnvironment) { self.environment = environment }
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
