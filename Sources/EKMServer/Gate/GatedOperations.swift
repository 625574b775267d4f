internal import EKMWire

/// Every operation that runs beside the event loops.
enum GatedOperations {
    static let all: [any GatedOperation.Type] = [
        GenerateDataKey.self, OpenDataKey.self, EncryptBatch.self, DecryptBatch.self,
        CreateEnvironment.self, ListEnvironments.self, PageEnvironments.self, ShowEnvironment.self, DeleteEnvironment.self,
        DeletionPreview.self, ExternalID.self,
        LockEnvironment.self, UnlockEnvironment.self, SetRetention.self,
        ReplaceMainKey.self, ShowMainKey.self, RefreshMainKey.self, RotateMainKey.self, WithdrawMaterial.self, CancelPendingMainKey.self,
        ShowRepack.self, PauseRepack.self, ResumeRepack.self, CancelRepack.self,
        PreviewErasure.self, Erase.self, ListReceipts.self, ShowReceipt.self, ReceiptPublicKey.self,
        Status.self, Whoami.self, RootExport.self, ConfirmRootExport.self, ShowClock.self, AcceptClock.self, Diagnose.self,
    ]

    static let byNumber = [Operation: any GatedOperation.Type](all.map { ($0.operation, $0) }, uniquingKeysWith: { first, _ in first })
}
