import Bedrock
import Cryptography
import EKMStreams
import EKMWire

/// Lends in this process as the daemon would: a key for each wrapping it made, and nothing once it was told to refuse.
final class FakeLender: DataKeyLender {
    struct State {
        var keys: [[UInt8]: [UInt8]] = [:]
        var secondsLeft: Int?
        var refusal: WireError?
        var lent = 0
        var opened = 0
    }

    let state: Lock<State>

    init(secondsLeft: Int? = nil) { state = Lock(State(secondsLeft: secondsLeft)) }

    /// A lender that knows one key.
    convenience init(key: [UInt8], wrapped: [UInt8]) {
        self.init()
        state.withLock { $0.keys[wrapped] = key }
    }

    func lend() throws(StreamError) -> StreamLoan {
        let known = state.withLock { state in
            state.lent += 1
            if state.keys.count == 1, let only = state.keys.keys.first { return only }
            let wrapped = [UInt8]("wrapped".utf8) + [UInt8(state.lent)]
            state.keys[wrapped] = [UInt8](repeating: UInt8(state.lent), count: 32)
            return wrapped
        }
        return try answer(known)
    }

    func open(_ wrapped: [UInt8]) throws(StreamError) -> StreamLoan {
        state.withLock { $0.opened += 1 }
        return try answer(wrapped)
    }

    private func answer(_ wrapped: [UInt8]) throws(StreamError) -> StreamLoan {
        let now = state.withLock { ($0.keys[wrapped], $0.secondsLeft, $0.refusal) }
        if let refusal = now.2 { throw StreamError(.refusedByDaemon, refusal.description, daemon: refusal) }
        guard let key = now.0 else { throw StreamError(.cannotDecrypt, "not a key of this lender") }
        do {
            return StreamLoan(key: try SecretBytes(copying: key.span.bytes), wrapped: wrapped, secondsLeft: now.1)
        } catch {
            throw StreamError(.internalError, error.message)
        }
    }
}
