internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import NIOCore

/// What one event loop owns, and lends to all its connections: contexts of hot keys, nonces, the answer buffer, the requests that wait.
///
/// The warm path runs here from start to end: no hop, no await, no allocation for a frame.
final class Worker {
    let loop: any EventLoop
    let service: Service
    var ciphers = CipherCache()
    var connections: [ObjectIdentifier: Connection] = [:]
    var counts = RequestCounts()
    /// The daemon is about to end: what arrives is still answered, but connections close behind it.
    var isDraining = false
    private(set) lazy var parking = ParkingLot(worker: self)

    // One read.
    private(set) var now = BootInstant(nanoseconds: 0)
    private(set) var hour = Hour(number: 0)
    private(set) var grants: UInt64 = 0
    private(set) var read: UInt64 = 0
    /// How many frames of the read are still to be answered: as many nonces may be needed.
    private var framesLeft = 0
    private var nonces: [UInt8] = []
    private var nextNonce = 0
    private var lastNonce = 0

    /// Successes of the warm path, in a buffer that is reserved before anything is written.
    var answers: ByteBuffer
    /// Whether `answers` holds plaintext, and must be wiped.
    var answersHoldPlaintext = false
    /// Failures: nothing in them is secret.
    var failures: [UInt8] = []

    /// More than any success adds to its request: prefix, job header and suite 1's overhead.
    private static let mostAdded = Answer.prefixSize + EnvelopeHeader.jobByteCount + EnvelopeCipher.overhead + 512
    private static let ordinaryCapacity = 128 << 10

    init(loop: any EventLoop, service: Service) {
        self.loop = loop
        self.service = service
        answers = ByteBufferAllocator().buffer(capacity: Self.ordinaryCapacity)
    }

    // MARK: One read

    /// Reads the clocks once, for all frames of a read.
    func beginRead() {
        now = service.clock.now
        hour = service.wallClock.now.hour
        grants = service.authorizer.epoch
        read += 1
        nextNonce = 0
        lastNonce = 0
    }

    /// Answers complete frames that follow one another, `count` of them.
    func answer(_ frames: RawSpan, count: Int, for connection: Connection) {
        let room = room(for: frames.byteCount, count: count, connection)
        framesLeft = count
        answers.writeWithOutputRawSpan(minimumWritableBytes: room) { output in
            var start = 0
            while case .complete(let end) = Frame.scan(frames, at: start, limit: .max) {
                answer(frames, from: start, to: end, for: connection, into: &output)
                framesLeft -= 1
                start = end
            }
        }
    }

    /// How many bytes the answers to these frames may take at most; there is room for them then, or the buffer is empty.
    func room(for byteCount: Int, count: Int, _ connection: Connection) -> Int {
        let room = byteCount + count * Self.mostAdded
        // Growing would copy plaintext and leave it behind.
        if answers.readableBytes > 0, answers.writableBytes < room { connection.send() }
        return room
    }

    @inline(__always)
    private func answer(_ frames: RawSpan, from start: Int, to end: Int, for connection: Connection, into output: inout OutputRawSpan) {
        guard let request = FrameHeader(frameAt: start, in: frames) else { return }
        let fields = frames.extracting(Frame.fields(from: start, to: end))
        counts.count(request.operation)
        do throws(WireError) {
            try request.checkRequestFlags()
            switch request.operation {
            case .encrypt: try encrypt(request, fields, for: connection, into: &output)
            case .decrypt: try decrypt(request, fields, for: connection, into: &output)
            case .ping: try ping(request, fields, into: &output)
            case .hello: try hello(request, fields, into: &output)
            default: try leaveLoop(request, fields, for: connection)
            }
        } catch {
            fail(request, error)
        }
    }

    func fail(_ request: FrameHeader, _ error: WireError, secondsLeft: SecondsLeft = .doesNotApply) {
        counts.failed += 1
        Answer.appendFailure(to: request, error: error, secondsLeft: secondsLeft, into: &failures)
    }

    /// Empties the answer buffer, which was sent; a large one is not kept.
    func clearAnswers() {
        answersHoldPlaintext = false
        if answers.capacity > 2 * Self.ordinaryCapacity {
            answers = ByteBufferAllocator().buffer(capacity: Self.ordinaryCapacity)
        } else {
            answers.clear()
        }
    }

    // MARK: Nonces

    /// Lends a fresh nonce. All that a read may need are fetched at once; none outlives it.
    @inline(__always)
    func withNonce(_ body: (RawSpan) throws(WireError) -> Void) throws(WireError) {
        if nextNonce == lastNonce { try fetchNonces(max(1, framesLeft)) }
        let nonces = nonces
        let nonce = unsafe nonces.span.bytes.extracting(nextNonce..<nextNonce + EnvelopeCipher.nonceSize)
        nextNonce += EnvelopeCipher.nonceSize
        try body(nonce)
    }

    private func fetchNonces(_ count: Int) throws(WireError) {
        let size = count * EnvelopeCipher.nonceSize
        // Out of the property, so that the array is not shared while it is written to.
        var fresh = nonces
        nonces = []
        if fresh.count < size { fresh = [UInt8](repeating: 0, count: size) }
        do throws(CryptographyError) {
            var span = fresh.mutableSpan
            var bytes = unsafe span.mutableBytes
            var wanted = bytes._mutatingExtracting(first: size)
            try Random.fill(&wanted)
        } catch { throw WireError(error) }
        nonces = fresh
        nextNonce = 0
        lastNonce = size
    }
}
