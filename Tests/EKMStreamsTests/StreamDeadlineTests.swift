import Bedrock
import Cryptography
import EKMWire
import Testing

@testable import EKMStreams

@Suite("A stream that outlives its key's deadline")
struct StreamDeadlineTests {
    static let chunk = ChunkSize.standard.byteCount
    let clock = ManualClock()

    @Test("asks for its key again, and goes on")
    func renews() throws {
        let lender = FakeLender(secondsLeft: 30)
        let plaintext = Stream.pattern(4 * Self.chunk)
        let read = Stream.reader(plaintext, mark: 2 * Self.chunk) { clock.advance(seconds: 31) }
        let stream = try Stream.encrypt(StreamEncryptor(lender: lender, clock: clock), read)
        #expect(lender.state.withLock { $0.lent } == 1)
        #expect(lender.state.withLock { $0.opened } == 1)
        #expect(try Stream.decrypts(stream, to: plaintext, by: lender))
    }

    @Test("does not ask while the deadline has not passed")
    func keeps() throws {
        let lender = FakeLender(secondsLeft: 30)
        let read = Stream.reader(Stream.pattern(4 * Self.chunk), mark: 2 * Self.chunk) { clock.advance(seconds: 29) }
        _ = try Stream.encrypt(StreamEncryptor(lender: lender, clock: clock), read)
        #expect(lender.state.withLock { $0.opened } == 0)
    }

    @Test("stops with the daemon's error where the key is refused", arguments: [ErrorCode.revoked, .restricted, .unreachable])
    func refused(_ code: ErrorCode) throws {
        let lender = FakeLender(secondsLeft: 30)
        let read = Stream.reader(Stream.pattern(4 * Self.chunk), mark: 2 * Self.chunk) {
            clock.advance(seconds: 30)
            lender.state.withLock { $0.refusal = WireError(code, "No.") }
        }
        let error = #expect(throws: StreamError.self) { try Stream.encrypt(StreamEncryptor(lender: lender, clock: clock), read) }
        #expect(error?.code == .refusedByDaemon)
        #expect(error?.daemon?.code == code)
    }

    @Test("stops where the daemon can lend for no time at all")
    func noTime() throws {
        let lender = FakeLender(secondsLeft: 30)
        let read = Stream.reader(Stream.pattern(4 * Self.chunk), mark: 2 * Self.chunk) {
            clock.advance(seconds: 30)
            lender.state.withLock { $0.secondsLeft = 0 }
        }
        let error = #expect(throws: StreamError.self) { try Stream.encrypt(StreamEncryptor(lender: lender, clock: clock), read) }
        #expect(error?.daemon?.code == .unreachable)
    }

    @Test("stops where the daemon opens another key than before")
    func anotherKey() throws {
        let lender = FakeLender(secondsLeft: 30)
        let read = Stream.reader(Stream.pattern(4 * Self.chunk), mark: 2 * Self.chunk) {
            clock.advance(seconds: 30)
            lender.state.withLock { state in for key in state.keys.keys { state.keys[key] = [UInt8](repeating: 99, count: 32) } }
        }
        let error = #expect(throws: StreamError.self) { try Stream.encrypt(StreamEncryptor(lender: lender, clock: clock), read) }
        #expect(error?.code == .internalError)
    }

    @Test("asks again when it is decrypted, too")
    func decryption() throws {
        let lender = FakeLender()
        let plaintext = Stream.pattern(4 * Self.chunk)
        let stream = try Stream.encrypt(plaintext, by: lender)
        lender.state.withLock { $0.secondsLeft = 30 }
        var released = 0
        try StreamDecryptor(lender: lender, clock: clock).decrypt(
            read: Stream.reader(stream, mark: 2 * Self.chunk) { clock.advance(seconds: 30) },
            write: { released += $0.byteCount })
        #expect(released == plaintext.count)
        #expect(lender.state.withLock { $0.opened } == 2)
    }

    @Test("has its key wiped by then, though nobody uses it")
    func wiped() throws {
        let lender = FakeLender(secondsLeft: 30)
        let key = try StreamKey.lend(by: lender, chunkSize: .standard, salt: [UInt8](repeating: 1, count: 32), clock: clock)
        clock.advance(seconds: 29)
        key.wipeIfDue()
        #expect(key.isHeld)
        clock.advance(seconds: 1)
        key.wipeIfDue()
        #expect(!key.isHeld)
    }
}
