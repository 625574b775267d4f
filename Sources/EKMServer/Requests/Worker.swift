internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring
internal import NIOCore

/// What one event loop owns, and lends to all its connections: ciphers of hot keys, nonces, the answer buffer, the requests that wait.
///
/// The warm path runs here from start to end: no hop, no await, no allocation for a frame.
final class Worker {
    let loop: any EventLoop
    let service: Service
    var ciphers = CipherCache()
    var warmKeys: [Peer: WarmKeyTables] = [:]
    var connections: [ObjectIdentifier: Connection] = [:]
    /// Those that have not read plaintext or keys which were sent to them.
    var slowReaders: [ObjectIdentifier: Connection] = [:]
    var counts = RequestCounts()
    /// The daemon is about to end: what arrives is still answered, but connections close behind it.
    var isDraining = false
    /// Connections that have more to ask than one turn takes.
    var turns = Turns<FrameHandler>()
    var turnIsDue = false
    let turn: TimeAmount
    private(set) lazy var parking = ParkingLot(worker: self)

    private(set) var moment = Moment()
    let nonces = Nonces()

    /// Successes of the warm path, in a buffer that is reserved before anything is written.
    var answers: ByteBuffer
    /// Whose plaintext `answers` holds: it must be wiped.
    private(set) var answersHold: [LiveEnvironment] = []
    /// Failures: nothing in them is secret.
    var failures: [UInt8] = []

    /// More than any success adds to its request: prefix, job header and suite 1's overhead.
    private static let mostAdded = Answer.prefixSize + EnvelopeHeader.jobByteCount + EnvelopeCipher.overhead + 512
    private static let ordinaryCapacity = 128 << 10
    /// Up to here the buffer is kept for the next read.
    private static let mostCapacity = 2 << 20

    init(loop: any EventLoop, service: Service) {
        self.loop = loop
        self.service = service
        turn = TimeAmount(service.limits.turn)
        answers = ByteBufferAllocator().buffer(capacity: Self.ordinaryCapacity)
    }

    // MARK: One read

    /// Reads the clocks once, for all frames of a read.
    func beginRead() {
        moment = Moment(
            now: service.clock.now, hour: service.wallClock.now.hour, grants: service.authorizer.epoch, read: moment.read + 1)
        nonces.beginRead()
    }

    /// Answers complete frames that follow one another, `count` of them, until the turn is over.
    /// - Returns: where the first stands that was not answered.
    func answer(_ frames: RawSpan, count: Int, for connection: Connection, until turn: TurnEnd) -> Int {
        var answered = 0
        let room = room(for: frames.byteCount, count: count, connection)
        var batch = Batch(moment: moment)
        answers.writeWithOutputRawSpan(minimumWritableBytes: room) { output in
            var start = 0
            while start < frames.byteCount, let request = FrameHeader(frameAt: start, in: frames) {
                let end = start + Frame.prefixSize + Int(frames.bigEndianUInt32(at: start))
                let fields = frames.extracting(Frame.fields(from: start, to: end))
                if let counted = batch.count(request.operation) { counts.count(counted.operation, counted.times) }
                answer(request, fields, for: connection, &batch, into: &output)
                start = end
                if batch.isTired(turn) { break }
            }
            answered = start
        }
        counts.count(batch.operation, batch.times)
        return answered
    }

    /// How many bytes the answers to these frames may take at most; there is room for them then, or the buffer is empty.
    func room(for byteCount: Int, count: Int, _ connection: Connection) -> Int {
        let room = byteCount + count * Self.mostAdded
        // Growing would copy plaintext and leave it behind.
        if answers.readableBytes > 0, answers.writableBytes < room { connection.send() }
        return room
    }

    @inline(__always)
    private func answer(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, _ batch: inout Batch, into output: inout OutputRawSpan
    ) {
        batch.tire(1 + fields.byteCount >> 10)
        do throws(WireError) {
            try request.checkRequest()
            if !connection.isPlain { try connection.admit(request) }
            // By number: a switch over the operations calls their generic comparison.
            switch request.operation.rawValue {
            case Operation.encrypt.rawValue: try encrypt(request, fields, for: connection, &batch, into: &output)
            case Operation.decrypt.rawValue: try decrypt(request, fields, for: connection, &batch, into: &output)
            case Operation.ping.rawValue: try ping(request, fields, into: &output)
            case Operation.hello.rawValue: try hello(request, fields, for: connection, into: &output)
            default:
                batch.tire(Batch.slow)
                try leaveLoop(request, fields, for: connection)
            }
        } catch {
            // Under its own id it would be taken for the answer that the other request still gets.
            fail(error.code == .duplicateID ? .none : request, error)
        }
    }

    func fail(_ request: FrameHeader, _ error: WireError, secondsLeft: SecondsLeft = .doesNotApply) {
        counts.failed += 1
        Answer.appendFailure(to: request, error: error, secondsLeft: secondsLeft, into: &failures)
    }

    @inline(__always)
    func noteAnswerHolds(plaintextOf environment: LiveEnvironment) {
        guard answersHold.last !== environment else { return }
        answersHold.append(environment)
    }

    /// Frees what was made of an environment's keys; where nothing of it may be used any more, what clients have not read is dropped too.
    func drop(_ environment: EnvironmentID) {
        ciphers.drop(environment)
        for connection in Array(slowReaders.values) { connection.dropUnread(of: environment) }
    }

    /// Empties the answer buffer, which was sent; a large one is not kept.
    func clearAnswers() {
        answersHold.removeAll(keepingCapacity: true)
        if answers.capacity > Self.mostCapacity {
            answers = ByteBufferAllocator().buffer(capacity: Self.ordinaryCapacity)
        } else {
            answers.clear()
        }
    }
}
