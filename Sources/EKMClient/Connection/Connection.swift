internal import Bedrock
internal import EKMWire
internal import Glibc

/// One connection, on which any number of calls wait for their answers at a time.
///
/// At most one thread, the leader, polls the socket: it hands each answer to its call. A blocking call that finds no leader becomes it, so that a
/// lone caller reads its own answer without a change of threads; when it has it, it appoints another. A thread of the connection's own leads only
/// while calls of the async face are waiting and no blocking call leads. The leader also sends what the socket did not take at once.
final class Connection: @unchecked Sendable {
    // Safe to share: all mutable state is guarded by `lock`, except `incoming`, which the leader alone touches.
    private let socket: Socket
    private let wake: Wake
    private let largestAnswer: Int
    private let lock = ConditionMutex()
    private let readerCondition = Condition()

    private var pending: [UInt32: Call] = [:]
    private var outbox = Outbox()
    private var failure: EKMClientError?
    private var greeting: Call?
    /// The daemon takes no more requests here, though it may still answer.
    private var isEnding = false
    private var isLed = false
    private var isSending = false
    /// Blocking calls that wait on their condition.
    private var followers: [UInt32: Call] = [:]
    private var tasksWaiting = 0
    private var readerRuns = false
    /// No task's deadline is earlier.
    private var earliestTaskDeadline = Deadline.never
    private var resumptions: [(CheckedContinuation<Call.Outcome, Never>, Call.Outcome)] = []
    private var incoming = ReceiveBuffer()

    init(_ socket: consuming Socket, largestAnswer: Int) throws(EKMClientError) {
        self.socket = socket
        self.largestAnswer = largestAnswer
        wake = try Wake()
    }

    deinit {
        // ThreadSanitizer does not see reference counts: this tells it that other threads are through with the socket.
        lock.lock()
        lock.unlock()
    }

    /// Whether calls can still be made on it.
    var isOpen: Bool { lock.withLock { failure == nil && !isEnding } }

    /// Ends the connection: calls that wait fail with `error`.
    func close(_ error: EKMClientError) {
        lock.lock()
        fail(error)
        unlock()
    }

    /// Says hello, ahead of all other requests and without waiting: if the daemon refuses, the connection ends with what it said.
    func greet(_ call: Call) {
        lock.lock()
        greeting = call
        start(call)
        unlock()
    }

    // MARK: The blocking face

    /// Sends a request and waits for its outcome on this thread.
    func performBlocking(_ call: Call) -> Call.Outcome {
        lock.lock()
        defer { unlock() }
        start(call)
        while true {
            if let outcome = call.settled {
                appointLeader()
                return outcome
            }
            if call.outcome == nil, call.deadline.hasPassed {
                finish(call, .failed(.deadlineExceeded, sent: true))
            } else if isLed || call.outcome != nil {
                let condition = call.condition ?? Condition()
                call.condition = condition
                followers[call.frame.requestID] = call
                condition.wait(lock, until: call.outcome == nil ? call.deadline : .never)
                followers[call.frame.requestID] = nil
            } else {
                lead(until: call.deadline)
            }
            flushResumptions()
        }
    }

    // MARK: The async face

    /// Sends a request and waits for its outcome without holding a thread.
    func perform(_ call: Call) async -> Call.Outcome {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                lock.lock()
                if let outcome = call.outcome {
                    resumptions.append((continuation, outcome))
                } else {
                    call.continuation = continuation
                    tasksWaiting += 1
                    start(call)
                    if call.outcome == nil { expectReader(by: call.deadline) }
                }
                unlock()
            }
        } onCancel: {
            lock.lock()
            finish(call, .failed(.cancelled, sent: true))
            unlock()
        }
    }

    /// Sees to it that some thread will read the answer, and tell when the deadline has passed.
    private func expectReader(by deadline: Deadline) {
        let isEarlier = deadline < earliestTaskDeadline
        if isEarlier { earliestTaskDeadline = deadline }
        if !readerRuns {
            readerRuns = true
            let started = Thread.start { [self] in read() }
            if !started {
                fail(EKMClientError(.connectionFailed, "No thread could be started to read answers.", remedy: "Raise the limit."))
            }
        } else if isEarlier || !isLed {
            readerCondition.signal()
            if isLed { wake.wake() }
        }
    }

    /// The connection's own thread.
    private func read() {
        lock.lock()
        while failure == nil {
            expireTasks()
            // Before this thread waits: the lock was given up here, so look again.
            if flushResumptions() { continue }
            if tasksWaiting == 0 || isLed {
                if tasksWaiting == 0 { appointLeader() }
                readerCondition.wait(lock, until: tasksWaiting == 0 ? .never : earliestTaskDeadline)
            } else {
                lead(until: earliestTaskDeadline)
            }
        }
        unlock()
    }

    private func expireTasks() {
        guard tasksWaiting > 0, earliestTaskDeadline.hasPassed else { return }
        let now = Deadline.now
        earliestTaskDeadline = .never
        for call in pending.values where call.continuation != nil {
            if call.deadline <= now {
                finish(call, .failed(.deadlineExceeded, sent: true))
            } else {
                earliestTaskDeadline = min(earliestTaskDeadline, call.deadline)
            }
        }
    }

    // MARK: With the lock held

    private func start(_ call: Call) {
        if let failure {
            finish(call, .failed(failure, sent: false))
            return
        }
        pending[call.frame.requestID] = call
        // At the end of the connection the call waits unsent for what the daemon said before it closed.
        guard !isEnding else { return }
        outbox.append(call)
        send()
    }

    /// Ends a call. Whatever comes for it later is discarded.
    private func finish(_ call: Call, _ outcome: Call.Outcome) {
        guard call.outcome == nil else { return }
        call.outcome = outcome
        pending[call.frame.requestID] = nil
        settle(call)
    }

    /// Tells whoever waits how a call ended, but not while a thread still hands its request to the kernel.
    private func settle(_ call: Call) {
        guard let outcome = call.settled else { return }
        call.condition?.signal()
        guard let continuation = call.continuation else { return }
        call.continuation = nil
        tasksWaiting -= 1
        resumptions.append((continuation, outcome))
    }

    private func fail(_ error: EKMClientError) {
        guard failure == nil else { return }
        failure = error
        socket.shutDown()
        outbox.removeAll()
        for call in pending.values { finish(call, .failed(error, sent: call.mayHaveLeft)) }
        readerCondition.signal()
        if isLed { wake.wake() }
    }

    /// Tells a thread that waits that nobody leads.
    private func appointLeader() {
        guard !isLed, failure == nil else { return }
        if let follower = followers.values.first {
            follower.condition?.signal()
        } else if tasksWaiting > 0 {
            readerCondition.signal()
        }
    }

    /// Sends as much as the socket takes now. Frames that are added meanwhile go out in their turn.
    private func send() {
        guard !isSending else { return }
        isSending = true
        defer { isSending = false }
        while failure == nil, let call = outbox.first {
            let offset = call.sent
            call.isBeingSent = true
            lock.unlock()
            let count = socket.send(call.frame.bytes, from: offset)
            let error = errno
            lock.lock()
            call.isBeingSent = false
            settle(call)
            if count >= 0 {
                call.sent = offset + count
                if call.isSent, failure == nil { outbox.removeFirst() }
            } else if error == EAGAIN {
                if isLed { wake.wake() }
                return
            } else if error == EPIPE || error == ECONNRESET {
                // What it said before it closed is still to be read: the leader ends the calls when it finds the end.
                isEnding = true
                outbox.removeAll()
            } else if error != EINTR {
                fail(.lost(error))
            }
        }
    }

    /// Polls once for this thread's turn as the leader. The lock is given up meanwhile.
    private func lead(until deadline: Deadline) {
        isLed = true
        let wantsToSend = !outbox.isEmpty && !isSending
        lock.unlock()
        var events = [
            pollfd(fd: socket.descriptor, events: Int16(POLLIN | (wantsToSend ? POLLOUT : 0)), revents: 0),
            pollfd(fd: wake.readEnd, events: Int16(POLLIN), revents: 0),
        ]
        let count = unsafe poll(&events, 2, deadline.milliseconds)
        if count > 0, events[1].revents != 0 { wake.drain() }
        var answers: [Answered] = []
        var error: EKMClientError?
        if count > 0, Int32(events[0].revents) & ~POLLOUT != 0 { error = receive(&answers) }
        lock.lock()
        for answer in answers { deliver(answer) }
        if let error { fail(error) }
        if count > 0, Int32(events[0].revents) & POLLOUT != 0 { send() }
        isLed = false
    }

    private func deliver(_ answer: Answered) {
        guard let call = pending[answer.header.requestID] else {
            // Nobody waits any more. But what belongs to no request concerns the connection: the daemon has no room for it, or could not read us.
            if answer.header.requestID == 0 { fail(answer.frame.refusal ?? .violation("an answer that belongs to no request")) }
            return
        }
        guard call.frame.operation == answer.header.operation else {
            fail(.violation("the answer to another operation"))
            return
        }
        finish(call, .answer(answer.frame))
        if call === greeting, let refusal = answer.frame.refusal { fail(refusal) }
    }

    private func unlock() {
        let resumptions = resumptions
        self.resumptions = []
        lock.unlock()
        for (continuation, outcome) in resumptions { continuation.resume(returning: outcome) }
    }

    /// Resumes tasks whose calls ended, giving up the lock meanwhile; whether there were any.
    @discardableResult
    private func flushResumptions() -> Bool {
        guard !resumptions.isEmpty else { return false }
        unlock()
        lock.lock()
        return true
    }

    // MARK: The leader, without the lock

    private struct Answered {
        let header: FrameHeader
        let frame: WipedBytes
    }

    private func receive(_ answers: inout [Answered]) -> EKMClientError? {
        let received = incoming.receive(from: socket)
        if received == 0 { return .lost("it was closed") }
        if received < 0 { return errno == EAGAIN || errno == EINTR ? nil : .lost(errno) }
        var error: EKMClientError?
        var needed = 0
        let consumed = incoming.withBytes { bytes in
            var at = 0
            while error == nil {
                switch Frame.scan(bytes, at: at, limit: largestAnswer) {
                case .complete(let end):
                    guard let header = FrameHeader(frameAt: at, in: bytes), header.isAnswer else {
                        error = .violation("a frame that is no answer")
                        break
                    }
                    answers.append(Answered(header: header, frame: WipedBytes(copying: bytes.extracting(at..<end))))
                    at = end
                case .incomplete(let size):
                    needed = size
                    return at
                case .tooShort: error = .violation("a frame without a header")
                case .tooLarge(let length): error = .violation("a frame of \(length) bytes, over the limit of \(largestAnswer)")
                }
            }
            return at
        }
        incoming.consume(consumed)
        incoming.reserve(needed)
        return error
    }
}
