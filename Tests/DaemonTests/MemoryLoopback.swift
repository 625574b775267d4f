import EKMWire
import Foundation
import TestSupport

/// A client inside the process that is looked through: whatever is secret passes through the needles' own pages alone.
struct MemoryLoopback {
    private let descriptor: Int32
    private let needles: Needles

    init(to path: String, needles: Needles) throws {
        self.needles = needles
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = descriptor
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard status == 0 else { throw ProcessFailure("cannot connect to \(path)") }
        var hello: [UInt8] = []
        try HelloRequest(client: "loopback").encode(into: &hello, requestID: 4)
        try hello.withUnsafeBytes { try send($0) }
        _ = try receive()
    }

    func close() { _ = Foundation.close(descriptor) }

    /// Random bytes, and needles for their beginning and end.
    func plaintext(_ name: String, _ count: Int) throws -> UnsafeRawBufferPointer {
        let room = needles.room(count)
        let source = open("/dev/urandom", O_RDONLY)
        defer { _ = Foundation.close(source) }
        guard read(source, room.baseAddress, count) == count else { throw ProcessFailure("/dev/urandom gave too little") }
        let text = UnsafeRawBufferPointer(room)
        needles.add(secret: "the beginning of \(name)", UnsafeRawBufferPointer(rebasing: text.prefix(64)))
        needles.add(secret: "the end of \(name)", UnsafeRawBufferPointer(rebasing: text.suffix(64)))
        return text
    }

    /// The envelope that the server makes of `plaintext`.
    func encrypt(_ plaintext: UnsafeRawBufferPointer, _ environment: String, _ scope: EKMWire.Scope) throws -> [UInt8] {
        var frame: [UInt8] = []
        // The frame is laid out around zeros; the plaintext takes their place where no copy is made.
        try EncryptRequest(environment: environment, scope: scope, context: EncryptionContext())
            .encode(plaintext: [UInt8](repeating: 0, count: plaintext.count).span.bytes, into: &frame, requestID: 1)
        let room = needles.room(frame.count)
        room.copyBytes(from: frame)
        UnsafeMutableRawBufferPointer(rebasing: room.suffix(plaintext.count)).copyMemory(from: plaintext)
        try send(UnsafeRawBufferPointer(room))
        let answer = try receive()
        guard let start = (0..<answer.count - 4).first(where: { answer[$0..<$0 + 4].elementsEqual(Array("EKM\u{1}".utf8)) }) else {
            throw ProcessFailure("the server did not encrypt: \(String(decoding: answer, as: UTF8.self))")
        }
        return Array(answer[start...])
    }

    /// Whether the server decrypts `envelope` to `plaintext`.
    func decrypts(_ envelope: [UInt8], to plaintext: UnsafeRawBufferPointer) throws -> Bool {
        var frame: [UInt8] = []
        try DecryptRequest(expectedScope: nil, context: EncryptionContext())
            .encode(ciphertext: envelope.span.bytes, into: &frame, requestID: 2)
        try frame.withUnsafeBytes { try send($0) }
        return try receive().suffix(plaintext.count).elementsEqual(plaintext)
    }

    /// Returns when the server has answered, and so has cleared away what it answered before.
    func ping() throws {
        var frame: [UInt8] = []
        try EmptyRequest(.ping).encode(into: &frame, requestID: 3)
        try frame.withUnsafeBytes { try send($0) }
        _ = try receive()
    }

    private func send(_ bytes: UnsafeRawBufferPointer) throws {
        var sent = 0
        while sent < bytes.count {
            let count = write(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
            guard count > 0 else { throw ProcessFailure("cannot send: \(String(cString: strerror(errno)))") }
            sent += count
        }
    }

    private func receive() throws -> UnsafeRawBufferPointer {
        let prefix = needles.room(4)
        try receive(into: prefix)
        let answer = needles.room(prefix.reduce(0) { $0 << 8 | Int($1) })
        try receive(into: answer)
        return UnsafeRawBufferPointer(answer)
    }

    private func receive(into room: UnsafeMutableRawBufferPointer) throws {
        var received = 0
        while received < room.count {
            let count = read(descriptor, room.baseAddress?.advanced(by: received), room.count - received)
            guard count > 0 else { throw ProcessFailure("the server hung up") }
            received += count
        }
    }
}
