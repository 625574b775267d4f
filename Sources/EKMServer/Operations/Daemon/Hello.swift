internal import EKMWire

extension Worker {
    /// Agrees on a version. There is only one so far, so that nothing of it need be remembered.
    func hello(_ request: FrameHeader, _ fields: RawSpan, into output: inout OutputRawSpan) throws(WireError) {
        let hello = try HelloRequest(parsing: fields)
        let version = try ProtocolVersion.agree(lowest: hello.lowestVersion, highest: hello.highestVersion)
        let answer = HelloAnswer(
            version: version, largestFrame: UInt32(clamping: service.limits.frame), serverVersion: service.daemon.version)
        let encoded = try answer.encode()
        Answer.appendSuccess(to: request, secondsLeft: .doesNotApply, fieldsSize: encoded.count, output: &output)
        unsafe output.append(encoded.span.bytes)
    }
}
