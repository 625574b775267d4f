internal import Bedrock
internal import EKMWire

/// Decides whether a request is sent once more after its connection broke.
struct Attempt {
    let operation: Operation
    private var mayRepeat = true

    init(operation: Operation) { self.operation = operation }

    /// The answer, or nil where the request is to be sent once more.
    mutating func answer(_ outcome: Call.Outcome) throws(EKMClientError) -> WipedBytes? {
        switch outcome {
        case .answer(let answer): return answer
        case .failed(let error, let sent):
            guard error.code == .connectionLost, mayRepeat, !sent || operation.isRepeatable else { throw error }
            mayRepeat = false
            return nil
        }
    }
}
