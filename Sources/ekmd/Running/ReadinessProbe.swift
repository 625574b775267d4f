import EKMServer
import EKMWire
import Glibc

/// Asks the daemon as a client would: it is ready when an event loop answers a hello. Not through the socket's queue, which may be full of
/// clients who wait for this very start.
struct ReadinessProbe {
    let server: Server

    /// - Throws: where no hello was answered within 5 seconds.
    func run() throws(StartFailure) {
        var pair: [CInt] = [-1, -1]
        guard unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw failure("no pair of sockets could be had: \(SystemError.text(errno))")
        }
        let (descriptor, end) = (pair[0], pair[1])
        defer { close(descriptor) }
        let server = server
        let refusal: ServerError? = Blocking.run {
            do throws(ServerError) { try await server.serve(end) } catch { return error }
            return nil
        }
        if let refusal { throw failure(refusal.message) }
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var request: [UInt8] = []
        do { try HelloRequest(client: "ekmd").encode(into: &request, requestID: 1) } catch { throw failure(error.message) }
        guard unsafe send(descriptor, request, request.count, CInt(MSG_NOSIGNAL)) == request.count else {
            throw failure("it takes no request: \(SystemError.text(errno))")
        }
        try receiveAnswer(from: descriptor)
    }

    private func receiveAnswer(from descriptor: CInt) throws(StartFailure) {
        var answer: [UInt8] = []
        while true {
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw failure(count == 0 ? "it closed the connection" : "it does not answer: \(SystemError.text(errno))")
            }
            answer += bytes.prefix(count)
            let scanned = unsafe Frame.scan(answer.span.bytes, at: 0)
            switch scanned {
            case .incomplete: continue
            case .complete(let end):
                do {
                    let view = unsafe try AnswerView(parsing: answer.span.bytes, from: 0, to: end)
                    if let error = unsafe try view.failure(in: answer.span.bytes) { throw failure(error.message) }
                } catch let error as StartFailure {
                    throw error
                } catch { throw failure("it answers with what is no answer") }
                return
            case .tooShort, .tooLarge: throw failure("it answers with what is no frame")
            }
        }
    }

    private func failure(_ why: String) -> StartFailure {
        StartFailure(.software, "The daemon does not answer itself: \(why).")
    }
}
