internal import Bedrock
internal import EKMWire

/// A whole answer frame.
extension WipedBytes {
    /// Decodes the fields of a success, and throws what a failure says.
    func answer<Value: ~Copyable>(
        _ decode: (RawSpan, SecondsLeft) throws(WireError) -> Value
    ) throws(EKMClientError) -> Value {
        try withBytes { (bytes) throws(EKMClientError) in
            let view: AnswerView
            let refusal: WireError?
            do throws(WireError) {
                view = try AnswerView(parsing: bytes, from: 0, to: bytes.byteCount)
                refusal = try view.failure(in: bytes)
                if refusal == nil { return try decode(bytes.extracting(view.fields), view.secondsLeft) }
            } catch {
                throw EKMClientError(.protocolViolation, error)
            }
            throw EKMClientError(refusal: refusal ?? WireError(.internalError, ""), secondsLeft: view.secondsLeft)
        }
    }

    /// What a failure says; nil for a success.
    var refusal: EKMClientError? {
        do throws(EKMClientError) {
            try answer { _, _ in }
            return nil
        } catch {
            return error
        }
    }
}
