internal import Bedrock
import Cryptography
import Dispatch
import EKMWire

/// The key of one stream, kept for as long as the daemon lent it, and asked for again when it is needed later.
///
/// Each use checks the deadline itself. A timer wipes the key within a second of it even while the stream waits for its input or output.
final class StreamKey {
    /// A lent key in use. `cipher` is nil once it was wiped.
    private struct Loan {
        var cipher: StreamCipher?
        /// On the stream's clock, in nanoseconds; nil where there is no bound.
        var deadline: UInt64?
    }

    let header: StreamHeader
    let commitment: [UInt8]
    private let lender: any DataKeyLender
    private let clock: any StreamClock
    private let loan: Lock<Loan>
    private let timer: any DispatchSourceTimer

    /// Lends a fresh key for a new stream.
    static func lend(
        by lender: any DataKeyLender, chunkSize: ChunkSize, salt: [UInt8], clock: any StreamClock
    ) throws(StreamError) -> StreamKey {
        let asked = clock.now
        let lent = try lender.lend()
        guard (1...StreamFormat.largestWrappedKey).contains(lent.wrapped.count) else {
            throw StreamError(.internalError, "The daemon lent a key whose wrapping does not fit a stream. Update this program.")
        }
        let header = StreamHeader(chunkSize: chunkSize, wrappedKey: lent.wrapped, salt: salt)
        return try StreamKey(header: header, lent: lent, asked: asked, lender: lender, clock: clock)
    }

    /// Has the daemon open the key of a stream that is read.
    static func open(
        _ header: StreamHeader, commitment: [UInt8], by lender: any DataKeyLender, clock: any StreamClock
    ) throws(StreamError) -> StreamKey {
        let asked = clock.now
        let lent = try lender.open(header.wrappedKey)
        let key = try StreamKey(header: header, lent: lent, asked: asked, lender: lender, clock: clock)
        let own = key.commitment
        guard unsafe ConstantTime.equal(own.span.bytes, commitment.span.bytes) else { throw .cannotDecrypt }
        return key
    }

    private init(
        header: StreamHeader, lent: borrowing StreamLoan, asked: UInt64, lender: any DataKeyLender, clock: any StreamClock
    ) throws(StreamError) {
        self.header = header
        self.lender = lender
        self.clock = clock
        let cipher: StreamCipher
        do { cipher = try Self.cipher(lent, header) } catch { throw StreamError(cryptography: error) }
        commitment = cipher.commitment
        loan = Lock(Loan(cipher: cipher, deadline: lent.deadline(asked: asked)))
        timer = DispatchSource.makeTimerSource(queue: .global(qos: .userInteractive))
        timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1), leeway: .milliseconds(50))
        timer.setEventHandler { @Sendable [loan, clock] in Self.wipeIfDue(loan, clock) }
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Whether the key is in memory now.
    var isHeld: Bool { loan.withLock { $0.cipher != nil } }

    /// Wipes the key if its deadline has passed.
    func wipeIfDue() { Self.wipeIfDue(loan, clock) }

    func seal(_ chunk: RawSpan, counter: UInt32, last: Bool, into output: inout OutputRawSpan) throws(StreamError) {
        try use { (cipher) throws(CryptographyError) in
            try cipher.seal(chunk: chunk, counter: counter, last: last, into: &output)
        }
    }

    func open(_ chunk: RawSpan, counter: UInt32, last: Bool, into output: inout OutputRawSpan) throws(StreamError) {
        try use { (cipher) throws(CryptographyError) in
            try cipher.open(chunk: chunk, counter: counter, last: last, into: &output)
        }
    }

    private func use(_ body: (StreamCipher) throws(CryptographyError) -> Void) throws(StreamError) {
        // The timer may wipe between a renewal and the use.
        while try !useIfHeld(body) { try renew() }
    }

    /// - Returns: false where the key was wiped, or must be.
    private func useIfHeld(_ body: (StreamCipher) throws(CryptographyError) -> Void) throws(StreamError) -> Bool {
        do throws(CryptographyError) {
            return try loan.withLock { (loan) throws(CryptographyError) in
                Self.wipeIfDue(&loan, clock.now)
                guard let cipher = loan.cipher else { return false }
                try body(cipher)
                return true
            }
        } catch {
            throw StreamError(cryptography: error)
        }
    }

    /// Has the daemon open the wrapped key again: it answers only while the main key lets it.
    private func renew() throws(StreamError) {
        let asked = clock.now
        let lent = try lender.open(header.wrappedKey)
        let deadline = lent.deadline(asked: asked)
        if let deadline, deadline <= clock.now { throw .lentTooShort }
        let matches: Bool
        let own = commitment
        do throws(CryptographyError) {
            matches = try loan.withLock { (loan) throws(CryptographyError) in
                let cipher = try Self.cipher(lent, header)
                guard unsafe cipher.matches(own.span.bytes) else { return false }
                loan = Loan(cipher: cipher, deadline: deadline)
                return true
            }
        } catch {
            throw StreamError(cryptography: error)
        }
        guard matches else {
            throw StreamError(
                .internalError, "The daemon opened the stream's wrapped key to another key than before. Nothing more was written.")
        }
    }

    private static func cipher(_ lent: borrowing StreamLoan, _ header: StreamHeader) throws(CryptographyError) -> StreamCipher {
        let bytes = header.bytes
        let salt = header.salt
        return unsafe try StreamCipher(lentDataKey: lent.key, salt: salt.span.bytes, header: bytes.span.bytes)
    }

    private static func wipeIfDue(_ loan: Lock<Loan>, _ clock: any StreamClock) {
        loan.withLock { wipeIfDue(&$0, clock.now) }
    }

    private static func wipeIfDue(_ loan: inout Loan, _ now: UInt64) {
        if let deadline = loan.deadline, deadline <= now { loan.cipher = nil }
    }
}
