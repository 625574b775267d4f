import EKMWire
import Glibc

/// A listener on a socket of its own that speaks the real wire, and lets a test decide how each connection goes.
final class FakeDaemon: @unchecked Sendable {
    let path: String
    private let directory: String
    private let listener: Int32
    private var thread = pthread_t()
    private let serve: @Sendable (FakePeer, Int) -> Void

    /// - Parameter serve: Called for each connection, with its number from 0 on, one connection after another; the connection is closed behind it.
    init(_ serve: @escaping @Sendable (FakePeer, Int) -> Void) throws {
        var template = Array("/tmp/ekm-client-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(errno) }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = directory + "/s"
        self.serve = serve
        listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard bound == 0, listen(listener, 16) == 0 else { throw Failure(errno) }
        pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<FakeDaemon>.fromOpaque(argument).takeRetainedValue().accept()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
    }

    private func accept() {
        var number = 0
        while true {
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            serve(FakePeer(descriptor), number)
            number += 1
            close(descriptor)
        }
    }

    /// Ends the listener and waits for its thread. Connections must have ended.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        pthread_join(thread, nil)
        close(listener)
        unlink(path)
        rmdir(directory)
    }

    struct Failure: Error {
        let code: Int32
        init(_ code: Int32) { self.code = code }
    }
}

/// The daemon's end of one connection.
struct FakePeer: Sendable {
    let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    struct Received: Sendable {
        let header: FrameHeader
        let fields: [UInt8]
    }

    /// The next request behind the hello, which is answered; nil at the end.
    func next() -> Received? {
        while let request = nextRaw() {
            guard request.header.operation == .hello else { return request }
            answer(request, (try? HelloAnswer(version: 1, largestFrame: 1 << 20, serverVersion: "fake").encode()) ?? [])
        }
        return nil
    }

    func nextRaw() -> Received? {
        guard let prefix = read(4) else { return nil }
        let length = prefix.reduce(0) { $0 << 8 | Int($1) }
        guard let rest = read(length) else { return nil }
        let frame = prefix + rest
        guard let header = FrameHeader(frameAt: 0, in: frame.span.bytes) else { return nil }
        return Received(header: header, fields: Array(frame[12...]))
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let received = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + filled, count - filled, 0) }
            guard received > 0 else { return nil }
            filled += received
        }
        return bytes
    }

    func answer(_ request: Received, _ fields: [UInt8] = [], secondsLeft: SecondsLeft = SecondsLeft(seconds: 300)) {
        var bytes: [UInt8] = []
        Answer.appendSuccess(to: request.header, secondsLeft: secondsLeft, fields: fields.span.bytes, into: &bytes)
        send(bytes)
    }

    func fail(_ request: Received, _ error: WireError, secondsLeft: SecondsLeft = .doesNotApply) {
        var bytes: [UInt8] = []
        Answer.appendFailure(to: request.header, error: error, secondsLeft: secondsLeft, into: &bytes)
        send(bytes)
    }

    func send(_ bytes: [UInt8]) {
        var at = 0
        while at < bytes.count {
            let sent = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            at += sent
        }
    }

    /// Answers encrypt and decrypt with the payload backwards, and all else with nothing, until the client is gone.
    func serveBackwards() {
        while let request = next() { answerBackwards(request) }
    }

    func answerBackwards(_ request: Received) {
        switch request.header.operation {
        case .encrypt:
            let range = (try? EncryptRequestView(parsing: request.fields.span.bytes))?.plaintext ?? 0..<0
            answer(request, request.fields[range].reversed())
        case .decrypt:
            let range = (try? DecryptRequestView(parsing: request.fields.span.bytes))?.payload ?? 0..<0
            answer(request, request.fields[range].reversed())
        default: answer(request)
        }
    }
}
