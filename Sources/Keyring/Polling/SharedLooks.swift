internal import Bedrock
internal import KeyHierarchy

/// Answers of a KMS that all share who ask for the same at a time, or within moments: who only looks does not spend calls that proofs need.
final class SharedLooks<Value: Sendable>: Sendable {
    struct ID: Hashable, Sendable {
        let environment: EnvironmentID
        let mainKey: MainKeyID
    }

    private enum Look {
        case underWay([CheckedContinuation<Value?, Never>])
        case ended(Value, at: BootInstant)

        func lasts(at now: BootInstant, _ lifetime: Duration) -> Bool {
            switch self {
            case .underWay: true
            case .ended(_, let at): now < at.advanced(by: lifetime)
            }
        }
    }

    /// For how long an answer is given again.
    static var lifetime: Duration { .seconds(2) }
    /// From so many on, those are forgotten that are too old.
    private static var many: Int { 256 }
    private let looks = Lock([ID: Look]())

    var count: Int { looks.withLock { $0.count } }

    /// - Parameter ask: is called where nobody has just asked.
    func look(at id: ID, by clock: any BootClock, _ ask: () async -> Value) async -> Value {
        let now = clock.now
        let isMine = looks.withLock { looks in
            switch looks[id] {
            case .underWay: return false
            case .ended(_, let at) where now < at.advanced(by: Self.lifetime): return false
            case .ended, nil:
                if looks.count > Self.many { looks = looks.filter { $0.value.lasts(at: now, Self.lifetime) } }
                looks[id] = .underWay([])
                return true
            }
        }
        guard isMine else { return await share(id, by: clock, ask) }
        let value = await ask()
        let end = clock.now
        let waiting = looks.withLock { looks -> [CheckedContinuation<Value?, Never>] in
            guard case .underWay(let waiting)? = looks.updateValue(.ended(value, at: end), forKey: id) else { return [] }
            return waiting
        }
        for waiter in waiting { waiter.resume(returning: value) }
        return value
    }

    /// What another's question brought or will bring; asked anew where it has been forgotten meanwhile.
    private func share(_ id: ID, by clock: any BootClock, _ ask: () async -> Value) async -> Value {
        let answer: Value? = await withCheckedContinuation { (waiter: CheckedContinuation<Value?, Never>) in
            let (isWaiting, value): (Bool, Value?) = looks.withLock { looks in
                switch looks[id] {
                case .underWay(let waiting):
                    looks[id] = .underWay(waiting + [waiter])
                    return (true, nil)
                case .ended(let value, _): return (false, value)
                case nil: return (false, nil)
                }
            }
            if !isWaiting { waiter.resume(returning: value) }
        }
        if let answer { return answer }
        return await look(at: id, by: clock, ask)
    }
}
