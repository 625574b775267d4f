internal import EKMWire
internal import NIOCore

extension Worker {
    /// Starts an operation beside the loop; its answer comes back to it.
    func leaveLoop(_ request: FrameHeader, _ fields: RawSpan, for connection: Connection) throws(WireError) {
        guard let operation = Self.operation(request.operation) else { throw .unknownOperation(request.operation) }
        try connection.beginWaiting(fields.byteCount)
        let offLoop = OffLoopRequest(header: request, fields: WipedBytes(copying: fields), peer: connection.peer)
        let connection = NIOLoopBound(connection, eventLoop: loop)
        let (loop, service) = (loop, service)
        Task {
            let result: Result<OffLoopAnswer, WireError>
            do throws(WireError) { result = .success(try await operation.answer(offLoop, service)) } catch { result = .failure(error) }
            loop.execute { connection.value.finish(offLoop, result) }
        }
    }

    private static func operation(_ operation: Operation) -> (any OffLoopOperation.Type)? {
        switch operation {
        case .generateDataKey: GenerateDataKey.self
        case .openDataKey: OpenDataKey.self
        case .createEnvironment: CreateEnvironment.self
        case .listEnvironments: ListEnvironments.self
        case .showEnvironment: ShowEnvironment.self
        case .deleteEnvironment: DeleteEnvironment.self
        case .deletionPreview: DeletionPreview.self
        case .status: Status.self
        case .rootExport: RootExport.self
        case .externalID: ExternalID.self
        default: nil
        }
    }
}

extension Connection {
    fileprivate func finish(_ request: OffLoopRequest, _ result: Result<OffLoopAnswer, WireError>) {
        switch result {
        case .success(let answer):
            var buffer = ByteBufferAllocator().buffer(capacity: Answer.prefixSize + answer.fields.count)
            buffer.writeWithOutputRawSpan(minimumWritableBytes: Answer.prefixSize + answer.fields.count) { output in
                Answer.appendSuccess(
                    to: request.header, secondsLeft: answer.secondsLeft, fieldsSize: answer.fields.count, output: &output)
                answer.fields.withBytes { output.append($0) }
            }
            send(buffer)
        case .failure(let error):
            worker.fail(request.header, error)
            send()
        }
        endWaiting(request.fields.count)
    }
}
