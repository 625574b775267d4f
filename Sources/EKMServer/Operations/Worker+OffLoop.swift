internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring
internal import NIOCore

extension Worker {
    /// Starts an operation beside the loop; its answer comes back to it.
    func leaveLoop(_ request: FrameHeader, _ fields: RawSpan, for connection: Connection) throws(WireError) {
        let pass = try Gate(service: service).enter(
            OffLoopRequest(header: request, fields: WipedBytes(copying: fields), peer: connection.peer))
        try connection.beginWaiting(request, fields.byteCount)
        connection.beside(pass)
    }
}

extension Connection {
    /// Begins an operation, or has it wait for those before it. Those that fetch keys count with the requests for keys, by user and
    /// environment: one customer's silent KMS holds up no other's.
    func beside(_ pass: Gate.Pass) {
        guard let lane = Self.lane(of: pass) else { return begin(pass) }
        if self[keyPath: lane].enter(pass) { begin(pass) }
    }

    private static func lane(of pass: Gate.Pass) -> ReferenceWritableKeyPath<Connection, BesideLane>? {
        if pass.declaration.isUrgent { return \.urgent }
        return pass.declaration.cost == .cold ? nil : \.ordinary
    }

    private func begin(_ pass: Gate.Pass) {
        let connection = NIOLoopBound(self, eventLoop: worker.loop)
        let loop = worker.loop
        Task {
            let result = await pass.perform()
            loop.execute { connection.value.finish(pass, result) }
        }
    }

    private func finish(_ pass: Gate.Pass, _ result: Result<OffLoopAnswer, WireError>) {
        switch result {
        case .success(let answer) where answer.secretsOf.map { $0.deadline <= worker.service.clock.now } == true:
            worker.fail(pass.raw.header, .wipedMeanwhile)
            send()
        case .success(let answer):
            var buffer = ByteBufferAllocator().buffer(capacity: Answer.prefixSize + answer.fields.count)
            buffer.writeWithOutputRawSpan(minimumWritableBytes: Answer.prefixSize + answer.fields.count) { output in
                Answer.appendSuccess(
                    to: pass.raw.header, secondsLeft: answer.secondsLeft, fieldsSize: answer.fields.count, output: &output)
                answer.fields.withBytes { output.append($0) }
            }
            send(buffer, secretsOf: answer.secretsOf)
        case .failure(let error):
            worker.fail(pass.raw.header, error)
            send()
        }
        endWaiting(pass.raw.header, pass.raw.fields.count)
        if let lane = Self.lane(of: pass), let next = self[keyPath: lane].leave() { begin(next) }
    }
}
