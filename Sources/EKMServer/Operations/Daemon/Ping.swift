internal import EKMWire

extension Worker {
    /// Answers that the loop is alive.
    func ping(_ request: FrameHeader, _ fields: RawSpan, into output: inout OutputRawSpan) throws(WireError) {
        _ = try EmptyRequest(.ping, parsing: fields)
        Answer.appendSuccess(to: request, secondsLeft: .doesNotApply, fieldsSize: 0, output: &output)
    }
}
