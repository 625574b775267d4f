internal import EKMWire

extension Worker {
    /// Agrees on a version, before which the connection may ask nothing else. A later hello is answered as the first was.
    func hello(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, into output: inout OutputRawSpan
    ) throws(WireError) {
        let hello = try HelloRequest(parsing: fields)
        let version = try ProtocolVersion.agree(lowest: hello.lowestVersion, highest: hello.highestVersion)
        connection.hasAgreed = true
        let answer = HelloAnswer(
            version: version, largestFrame: UInt32(clamping: connection.largestFrame), serverVersion: service.daemon.version)
        let encoded = try answer.encode()
        Answer.appendSuccess(to: request, secondsLeft: .doesNotApply, fieldsSize: encoded.count, output: &output)
        unsafe output.append(encoded.span.bytes)
    }
}
