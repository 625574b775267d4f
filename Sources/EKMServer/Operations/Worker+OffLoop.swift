internal import Bedrock
internal import EKMWire
internal import NIOCore

extension Worker {
    /// Starts an operation beside the loop; its answer comes back to it.
    func leaveLoop(_ request: FrameHeader, _ fields: RawSpan, for connection: Connection) throws(WireError) {
        let pass = try Gate(service: service).enter(
            OffLoopRequest(header: request, fields: WipedBytes(copying: fields), peer: connection.peer))
        try connection.beginWaiting(fields.byteCount)
        connection.beside(pass)
    }
}

extension Connection {
    /// The most operations of a connection that are under way beside its loop; the others wait in the order in which they came. Those that
    /// fetch keys count with the requests for keys: one customer's silent KMS holds up no other's.
    static let mostBeside = 8

    func beside(_ pass: Gate.Pass) {
        let isCounted = pass.declaration.cost != .cold && !pass.declaration.isUrgent
        guard !isCounted || besideCount < Self.mostBeside else { return besideQueue.append(pass) }
        if isCounted { besideCount += 1 }
        let connection = NIOLoopBound(self, eventLoop: worker.loop)
        let loop = worker.loop
        Task {
            let result = await pass.perform()
            loop.execute { connection.value.finish(pass, result, isCounted: isCounted) }
        }
    }

    private func finish(_ pass: Gate.Pass, _ result: Result<OffLoopAnswer, WireError>, isCounted: Bool) {
        if isCounted { besideCount -= 1 }
        switch result {
        case .success(let answer):
            var buffer = ByteBufferAllocator().buffer(capacity: Answer.prefixSize + answer.fields.count)
            buffer.writeWithOutputRawSpan(minimumWritableBytes: Answer.prefixSize + answer.fields.count) { output in
                Answer.appendSuccess(
                    to: pass.raw.header, secondsLeft: answer.secondsLeft, fieldsSize: answer.fields.count, output: &output)
                answer.fields.withBytes { output.append($0) }
            }
            send(buffer)
        case .failure(let error):
            worker.fail(pass.raw.header, error)
            send()
        }
        endWaiting(pass.raw.fields.count)
        if isCounted, let next = besideQueue.removeFirst() { beside(next) }
    }
}
