internal import Bedrock
internal import CCurl
internal import Glibc
internal import KeyHierarchy

/// The one thread on which all requests run, on libcurl's multi interface.
///
/// `Sendable` because everything but the inbox is touched by that thread alone; `curl_multi_wakeup` may be called from any.
@safe final class HTTPLoop: @unchecked Sendable {
    typealias Answer = Result<HTTPResponse, HTTPFailure>

    enum Command: Sendable {
        case send(id: UInt64, HTTPRequest, deadline: BootInstant, reply: @Sendable (Answer) -> Void)
        case cancel(id: UInt64)
        /// Answered from the thread itself.
        case prove(@Sendable () -> Void)
        case stop
    }

    private struct Pending {
        let request: HTTPRequest
        let deadline: BootInstant
        let reply: @Sendable (Answer) -> Void
        var transfer: HTTPTransfer?
    }

    private struct Inbox {
        var commands: [Command] = []
        var isClosed = false
    }

    private let multi: UnsafeMutableRawPointer
    private let settings: HTTPSettings
    private let clock: any BootClock
    private let inbox = Lock(Inbox())
    private var queue: TransferQueue
    private var pending: [UInt64: Pending] = [:]
    private var running: [Int: UInt64] = [:]
    /// No request that waits has an earlier deadline.
    private var firstDeadline = BootInstant(nanoseconds: .max)

    /// Starts the thread, which keeps the loop alive until it is told to stop.
    static func start(_ settings: HTTPSettings, clock: any BootClock) throws(HTTPFailure) -> HTTPLoop {
        guard CurlLibrary.isReady, let multi = unsafe curl_multi_init() else {
            throw HTTPFailure(.internalError, "libcurl could not be started.")
        }
        // Our own queue decides who is sent; libcurl keeps that many connections warm and no more.
        unsafe ekm_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.limits.perHost)
        unsafe ekm_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.limits.perHost * 2)
        let loop = unsafe HTTPLoop(multi: multi, settings: settings, clock: clock)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(loop)
        let failed = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<HTTPLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard failed == 0 else {
            unsafe context.release()
            throw HTTPFailure(.internalError, "No thread could be started for requests to a KMS.")
        }
        pthread_detach(thread)
        return loop
    }

    private init(multi: UnsafeMutableRawPointer, settings: HTTPSettings, clock: any BootClock) {
        unsafe self.multi = multi
        self.settings = settings
        self.clock = clock
        queue = TransferQueue(limits: settings.limits)
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    func post(_ command: Command) {
        let isClosed = inbox.withLock { inbox in
            if !inbox.isClosed { inbox.commands.append(command) }
            return inbox.isClosed
        }
        if isClosed {
            switch command {
            case .send(_, _, _, let reply): reply(.failure(Self.stopped))
            case .prove(let answer): answer()
            case .cancel, .stop: break
            }
            return
        }
        unsafe curl_multi_wakeup(multi)
    }

    private static let stopped = HTTPFailure(.cancelled, "The request was given up, because ekmd is stopping.")

    private func run() {
        Self.blockSIGPIPE()
        while true {
            guard takeCommands() else { break }
            expireWaiting()
            startAdmitted()
            var active: CInt = 0
            unsafe curl_multi_perform(multi, &active)
            if finishDone() { continue }
            unsafe curl_multi_poll(multi, nil, 0, pollTimeout(), nil)
        }
        for id in Array(pending.keys) { finish(id, .failure(Self.stopped)) }
    }

    /// - Returns: false once the loop is to stop; nothing is accepted any more then.
    private func takeCommands() -> Bool {
        let commands = inbox.withLock { inbox in
            let taken = inbox.commands
            inbox.commands = []
            if taken.contains(where: { if case .stop = $0 { true } else { false } }) { inbox.isClosed = true }
            return (taken, inbox.isClosed)
        }
        for command in commands.0 {
            switch command {
            case .send(let id, let request, let deadline, let reply):
                pending[id] = Pending(request: request, deadline: deadline, reply: reply)
                firstDeadline = min(firstDeadline, deadline)
                guard queue.add(id, host: request.url.origin, lane: request.lane) else {
                    finish(id, .failure(HTTPFailure(.overloaded, "Too many requests wait for \(request.url.host) already.")))
                    continue
                }
            case .cancel(let id): finish(id, .failure(HTTPFailure(.cancelled, "The request was given up by who asked for it.")))
            case .prove(let answer): answer()
            case .stop: break
            }
        }
        return !commands.1
    }

    private func expireWaiting() {
        let now = clock.now
        guard now >= firstDeadline else { return }
        for (id, entry) in pending where entry.transfer == nil && entry.deadline <= now {
            finish(id, .failure(HTTPFailure(.timeout, "\(entry.request.url.host): the time ended while the request waited for its turn.")))
        }
        firstDeadline = pending.values.lazy.filter { $0.transfer == nil }.map(\.deadline).min() ?? BootInstant(nanoseconds: .max)
    }

    private func startAdmitted() {
        for id in queue.admit() {
            guard var entry = pending[id] else { continue }
            let now = clock.now
            do throws(HTTPFailure) {
                let transfer = try HTTPTransfer(
                    entry.request, settings: settings, timeout: now.remaining(until: entry.deadline), sentAt: now)
                entry.transfer = transfer
                pending[id] = entry
                running[transfer.key] = id
                let code = unsafe curl_multi_add_handle(multi, transfer.handle)
                guard code == CURLM_OK else {
                    throw HTTPFailure(.internalError, "libcurl took no request: \(unsafe String(cString: curl_multi_strerror(code))).")
                }
            } catch {
                queue.finish(host: entry.request.url.origin, lane: entry.request.lane)
                if let transfer = entry.transfer { running[transfer.key] = nil }
                pending[id] = nil
                entry.reply(.failure(error))
            }
        }
    }

    /// - Returns: whether any ended, so that others may have their turn.
    private func finishDone() -> Bool {
        var any = false
        var code = CURLE_OK
        while let handle = unsafe ekm_curl_next_done(multi, &code) {
            guard let id = running[Int(bitPattern: handle)], let transfer = pending[id]?.transfer else { continue }
            any = true
            finish(id, transfer.result(code))
        }
        return any
    }

    private func finish(_ id: UInt64, _ answer: Answer) {
        guard let entry = pending.removeValue(forKey: id) else { return }
        if let transfer = entry.transfer {
            unsafe curl_multi_remove_handle(multi, transfer.handle)
            running[transfer.key] = nil
            note(answer, of: entry.request.url.origin)
            queue.finish(host: entry.request.url.origin, lane: entry.request.lane)
        } else {
            queue.remove(id, host: entry.request.url.origin, lane: entry.request.lane)
        }
        entry.reply(answer)
    }

    private func note(_ answer: Answer, of host: String) {
        switch answer {
        case .failure(let failure) where failure.code == .resolve: queue.note(host: host, isAnswered: false)
        // Who gave up himself learnt nothing.
        case .failure(let failure) where failure.code == .cancelled: break
        default: queue.note(host: host, isAnswered: true)
        }
    }

    /// Up to the next deadline of one that waits; libcurl itself shortens it for those under way.
    private func pollTimeout() -> CInt {
        CInt(clamping: min(10_000, clock.now.remaining(until: firstDeadline).nanoseconds / 1_000_000 + 1))
    }

    /// OpenSSL writes to a closed connection without MSG_NOSIGNAL; the error code is enough.
    private static func blockSIGPIPE() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
