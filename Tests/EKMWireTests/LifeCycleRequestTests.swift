import Testing

@testable import EKMWire

@Suite("Requests about the life of a main key")
struct LifeCycleRequestTests {
    static let flags: [ReplacementFlags] = [[], .dryRun, .withoutOld, .whenGranted, [.dryRun, .withoutOld, .whenGranted]]

    @Test("A replacement carries its flags, and each kind of main key", arguments: flags)
    func replace(flags: ReplacementFlags) throws {
        var bytes: [UInt8] = []
        try ReplaceMainKeyRequest.encodeManaged(environment: "a/b", flags: flags, into: &bytes, requestID: 1)
        #expect(header(bytes) == FrameHeader(operation: .replaceMainKey, requestID: 1))
        let managed = try parsing(soleFrame(bytes)) { try ReplaceMainKeyRequest(parsing: $0) }
        #expect(managed.mainKey == .managed)
        #expect(managed.flags == flags)
        #expect(managed.environment == "a/b")

        let material = [UInt8](1...32)
        bytes = []
        try ReplaceMainKeyRequest.encode(environment: "a/b", flags: flags, material: material.span.bytes, into: &bytes, requestID: 1)
        let fields = try soleFrame(bytes)
        let uploaded = try parsing(fields) { try ReplaceMainKeyRequest(parsing: $0) }
        #expect(uploaded.flags == flags)
        guard case .material(let range) = uploaded.mainKey else {
            Issue.record("not material")
            return
        }
        #expect(Array(fields[range]) == material)

        for key in [
            KMSKey(kind: "aws-kms", key: "alias/x"), KMSKey(kind: "aws-kms", key: "k", options: ["role-arn": "arn:r", "external-id": "e"]),
        ] {
            bytes = []
            try ReplaceMainKeyRequest.encode(environment: "a/b", flags: flags, key: key, into: &bytes, requestID: 1)
            let parsed = try parsing(soleFrame(bytes)) { try ReplaceMainKeyRequest(parsing: $0) }
            #expect(parsed.mainKey == .kms(key))
            #expect(parsed.flags == flags)
        }
    }

    @Test("The material of a replacement has room before it enters the frame: no copy of it is left behind by growth")
    func capacity() throws {
        var bytes: [UInt8] = []
        let start = 8 + 4
        try ReplaceMainKeyRequest.encode(
            environment: "acme/prod", flags: [], material: [UInt8](repeating: 7, count: 32).span.bytes, into: &bytes, requestID: 1)
        #expect(bytes.count == start + 3 + 9 + 32)
        #expect(throws: WireError(.materialInvalid, "")) {
            try ReplaceMainKeyRequest.encode(
                environment: "a/b", flags: [], material: [UInt8](repeating: 7, count: 31).span.bytes, into: &bytes, requestID: 1)
        }
        #expect(bytes.count == start + 3 + 9 + 32)
    }

    @Test("A lock carries its reason", arguments: ["", "incident 42", String(repeating: "é", count: 512)])
    func lock(reason: String) throws {
        let request = LockRequest(environment: "acme/prod", reason: reason)
        var bytes: [UInt8] = []
        try request.encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == .lockEnvironment)
        #expect(try parsing(soleFrame(bytes)) { try LockRequest(parsing: $0) } == request)
    }

    @Test("A longer reason than 1,024 bytes does not leave the client")
    func longReason() {
        var bytes: [UInt8] = []
        #expect(throws: WireError(.malformedField, "")) {
            try LockRequest(environment: "a/b", reason: String(repeating: "x", count: 1025)).encode(into: &bytes, requestID: 1)
        }
        #expect(bytes.isEmpty)
    }

    @Test(
        "A retention changes what it names, and nothing else",
        arguments: [
            RetentionChange(), RetentionChange(hours: .seconds(0)), RetentionChange(logs: .seconds(86_400)),
            RetentionChange(hours: .forever, logs: .seconds(1)), RetentionChange(hours: .seconds(UInt64.max - 1), logs: .forever),
            RetentionChange(atOnce: true), RetentionChange(hours: .seconds(3600), atOnce: true),
        ])
    func retention(change: RetentionChange) throws {
        let request = RetentionRequest(environment: "acme/prod", change: change)
        var bytes: [UInt8] = []
        try request.encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == .setRetention)
        #expect(try parsing(soleFrame(bytes)) { try RetentionRequest(parsing: $0) } == request)
    }

    static let subjects: [ErasureSubject] = [
        .before(unixSeconds: 0), .before(unixSeconds: .max), .connection("c"), .logs(beforeUnixSeconds: 5),
    ]

    @Test("An erasure carries its subject and confirmation, its preview only the subject", arguments: subjects)
    func erasure(subject: ErasureSubject) throws {
        let erasure = ErasureRequest(environment: "acme/prod", subject: subject, confirmation: "acme/prod")
        var bytes: [UInt8] = []
        try erasure.encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == .erase)
        #expect(try parsing(soleFrame(bytes)) { try ErasureRequest(parsing: $0) } == erasure)

        let preview = ErasureRequest(environment: "acme/prod", subject: subject)
        bytes = []
        try preview.encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == .previewErasure)
        let fields = try soleFrame(bytes)
        #expect(try parsing(fields) { try ErasureRequest(parsingPreview: $0) } == preview)
        #expect(throws: WireError(.malformedField, "")) { try parsing(fields) { try ErasureRequest(parsing: $0) } }
    }

    @Test("A connection without an id, or with one of more than 512 bytes, does not leave the client", arguments: [0, 513])
    func connectionID(count: Int) {
        var bytes: [UInt8] = []
        #expect(throws: WireError(.malformedField, "")) {
            let subject = ErasureSubject.connection(String(repeating: "x", count: count))
            try ErasureRequest(environment: "a/b", subject: subject).encode(into: &bytes, requestID: 1)
        }
        #expect(bytes.isEmpty)
    }

    @Test("A receipt is asked for by its id")
    func receipt() throws {
        var bytes: [UInt8] = []
        try ReceiptRequest(id: "00ff").encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == .showReceipt)
        #expect(try parsing(soleFrame(bytes)) { try ReceiptRequest(parsing: $0) } == ReceiptRequest(id: "00ff"))
        bytes = []
        try RootExportConfirmation(rootKey: "00ff").encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == .confirmRootExport)
        #expect(try parsing(soleFrame(bytes)) { try RootExportConfirmation(parsing: $0) } == RootExportConfirmation(rootKey: "00ff"))
    }

    @Test("What must not be done twice is not sent twice")
    func unrepeatable() {
        let unrepeatable = EKMWire.Operation.all.filter { !$0.isRepeatable }
        #expect(
            unrepeatable == [
                .createEnvironment, .deleteEnvironment, .replaceMainKey, .rotateMainKey, .withdrawMaterial, .cancelPendingMainKey,
                .cancelRepack, .erase,
            ])
        #expect(ArticleTests.article.contains("Requests other than 16, 19, 32, 35, 36, 37, 43 and 52 may be sent again"))
        #expect(unrepeatable.map(\.rawValue) == [16, 19, 32, 35, 36, 37, 43, 52])
    }
}
