internal import Bedrock
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

    private static func operation(_ operation: Operation) -> (any OffLoopOperation.Type)? { operations[operation] }

    private static let operations: [Operation: any OffLoopOperation.Type] = [
        .generateDataKey: GenerateDataKey.self, .openDataKey: OpenDataKey.self, .createEnvironment: CreateEnvironment.self,
        .listEnvironments: ListEnvironments.self, .showEnvironment: ShowEnvironment.self, .deleteEnvironment: DeleteEnvironment.self,
        .deletionPreview: DeletionPreview.self, .status: Status.self, .rootExport: RootExport.self,
        .confirmRootExport: ConfirmRootExport.self, .externalID: ExternalID.self,
        .replaceMainKey: ReplaceMainKey.self, .showMainKey: ShowMainKey.self, .refreshMainKey: RefreshMainKey.self,
        .rotateMainKey: RotateMainKey.self, .withdrawMaterial: WithdrawMaterial.self, .cancelPendingMainKey: CancelPendingMainKey.self,
        .showRepack: ShowRepack.self, .pauseRepack: PauseRepack.self, .resumeRepack: ResumeRepack.self, .cancelRepack: CancelRepack.self,
        .lockEnvironment: LockEnvironment.self, .unlockEnvironment: UnlockEnvironment.self, .setRetention: SetRetention.self,
        .previewErasure: PreviewErasure.self, .erase: Erase.self, .listReceipts: ListReceipts.self, .showReceipt: ShowReceipt.self,
        .receiptPublicKey: ReceiptPublicKey.self, .showClock: ShowClock.self, .acceptClock: AcceptClock.self, .diagnose: Diagnose.self,
    ]
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
