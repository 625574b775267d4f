import Testing

@testable import EKMWire

@Suite("Requests")
struct RequestTests {
    static let scopes: [Scope] = [.job("42"), .job(String(repeating: "é", count: 256)), .connection("c"), .event, .log]
    static let payloads: [[UInt8]] = [[], [0], Array(repeating: 0xAB, count: 70_000)]

    @Test("Ids are the same when their bytes are, whatever Unicode says of them")
    func idsAreBytes() throws {
        let (composed, decomposed) = ("caf\u{e9}", "cafe\u{301}")
        let scopes: Set<Scope> = [
            .job(composed), .job(decomposed), .connection(composed), .connection(decomposed), .event, .log, .job(composed), .event,
        ]
        #expect(scopes.count == 6)
        #expect(Scope.job(composed) == .job(composed) && Scope.job(composed) != .connection(composed))
        #expect(Scope.job(composed) != .job(decomposed) && Scope.connection(composed) != .connection(decomposed))
        let subjects: Set<ErasureSubject> = [
            .connection(composed), .connection(decomposed), .before(unixSeconds: 1), .before(unixSeconds: 2), .connection(composed),
        ]
        #expect(subjects.count == 4)
        #expect(ErasureSubject.connection(composed) != .connection(decomposed))
        #expect(ErasureSubject.before(unixSeconds: 1) == .before(unixSeconds: 1))
    }

    @Test("An encrypt request comes back as it was encoded", arguments: scopes, payloads)
    func encrypt(scope: Scope, plaintext: [UInt8]) throws {
        let context = try EncryptionContext(["b": "2", "a": ""])
        let request = EncryptRequest(environment: "acme/prod", scope: scope, context: context)
        var bytes: [UInt8] = []
        try request.encode(plaintext: plaintext.span.bytes, into: &bytes, requestID: 7)
        #expect(header(bytes) == FrameHeader(operation: .encrypt, requestID: 7))
        let fields = try soleFrame(bytes)
        let view = try EncryptRequestView(parsing: fields.span.bytes)
        #expect(String(decoding: fields[view.environment], as: UTF8.self) == "acme/prod")
        #expect(scoped(view.scope, in: fields) == scope)
        #expect(view.context.isCanonical)
        #expect(Array(fields[view.context.canonical]) == context.canonicalBytes)
        #expect(Array(fields[view.plaintext]) == plaintext)
    }

    @Test("A request to generate a data key comes back, and bears nothing behind its context", arguments: scopes)
    func generate(scope: Scope) throws {
        var bytes: [UInt8] = []
        try EncryptRequest(environment: "a/b", scope: scope).encodeGenerateDataKey(into: &bytes, requestID: 1)
        let fields = try soleFrame(bytes)
        let view = try EncryptRequestView(parsingGenerateDataKey: fields.span.bytes)
        #expect(scoped(view.scope, in: fields) == scope)
        let longer = fields + [1]
        #expect(throws: WireError(.malformedField, "")) { try parsing(longer) { try EncryptRequestView(parsingGenerateDataKey: $0) } }
    }

    @Test("A decrypt request comes back as it was encoded", arguments: [nil] + scopes.map(Optional.some), payloads)
    func decrypt(scope: Scope?, ciphertext: [UInt8]) throws {
        var bytes: [UInt8] = []
        let request = DecryptRequest(expectedScope: scope)
        try request.encode(ciphertext: ciphertext.span.bytes, into: &bytes, requestID: .max)
        #expect(header(bytes) == FrameHeader(operation: .decrypt, requestID: .max))
        let fields = try soleFrame(bytes)
        let view = try DecryptRequestView(parsing: fields.span.bytes)
        #expect(scoped(view.expectedScope, in: fields) == scope)
        #expect(view.context.canonical.isEmpty)
        #expect(Array(fields[view.payload]) == ciphertext)

        var opening: [UInt8] = []
        try request.encodeOpenDataKey(wrapped: ciphertext.span.bytes, into: &opening, requestID: .max)
        #expect(header(opening)?.operation == .openDataKey)
        #expect(try soleFrame(opening) == fields)
    }

    @Test("A hello comes back as it was encoded")
    func hello() throws {
        let request = HelloRequest(lowestVersion: 1, highestVersion: 9, client: "tést")
        var bytes: [UInt8] = []
        try request.encode(into: &bytes, requestID: 3)
        #expect(try parsing(soleFrame(bytes)) { try HelloRequest(parsing: $0) } == request)
    }

    @Test(
        "Requests that name an environment come back",
        arguments: [
            EKMWire.Operation.showEnvironment, .externalID, .deletionPreview, .showMainKey, .refreshMainKey, .rotateMainKey,
            .cancelPendingMainKey, .showRepack, .pauseRepack, .resumeRepack, .cancelRepack, .unlockEnvironment, .listReceipts, .diagnose,
        ])
    func environment(operation: EKMWire.Operation) throws {
        let request = EnvironmentRequest(operation, environment: "acme/prod")
        var bytes: [UInt8] = []
        try request.encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == operation)
        #expect(try parsing(soleFrame(bytes)) { try EnvironmentRequest(operation, parsing: $0) } == request)
    }

    @Test(
        "Requests without fields come back, and refuse fields",
        arguments: [EKMWire.Operation.ping, .listEnvironments, .status, .rootExport, .receiptPublicKey, .showClock, .acceptClock])
    func empty(operation: EKMWire.Operation) throws {
        var bytes: [UInt8] = []
        try EmptyRequest(operation).encode(into: &bytes, requestID: 3)
        #expect(try parsing(soleFrame(bytes)) { try EmptyRequest(operation, parsing: $0) } == EmptyRequest(operation))
        #expect(throws: WireError(.malformedField, "")) { try parsing([0]) { try EmptyRequest(operation, parsing: $0) } }
    }

    @Test(
        "What cannot be undone carries the name and its confirmation", arguments: [EKMWire.Operation.deleteEnvironment, .withdrawMaterial])
    func confirmed(operation: EKMWire.Operation) throws {
        let request = ConfirmedRequest(operation, environment: "acme/prod", confirmation: "acme/dev")
        var bytes: [UInt8] = []
        try request.encode(into: &bytes, requestID: 3)
        #expect(header(bytes)?.operation == operation)
        #expect(try parsing(soleFrame(bytes)) { try ConfirmedRequest(operation, parsing: $0) } == request)
    }

    @Test("An environment is created with each kind of main key")
    func create() throws {
        var bytes: [UInt8] = []
        try CreateEnvironmentRequest.encodeManaged(environment: "a/b", into: &bytes, requestID: 1)
        #expect(try parsing(soleFrame(bytes)) { try CreateEnvironmentRequest(parsing: $0) }.mainKey == .managed)

        let material = [UInt8](1...32)
        bytes = []
        try CreateEnvironmentRequest.encode(environment: "a/b", material: material.span.bytes, into: &bytes, requestID: 1)
        let fields = try soleFrame(bytes)
        guard case .material(let range) = try parsing(fields, { try CreateEnvironmentRequest(parsing: $0) }).mainKey else {
            Issue.record("not material")
            return
        }
        #expect(Array(fields[range]) == material)

        for key in [
            KMSKey(kind: "aws-kms", key: "alias/x"), KMSKey(kind: "aws-kms", key: "k", options: ["role-arn": "arn:r", "external-id": "e"]),
        ] {
            bytes = []
            try CreateEnvironmentRequest.encode(environment: "a/b", key: key, into: &bytes, requestID: 1)
            #expect(try parsing(soleFrame(bytes)) { try CreateEnvironmentRequest(parsing: $0) }.mainKey == .kms(key))
        }
    }

    @Test("Material of another length than 32 bytes does not leave the client", arguments: [0, 31, 33])
    func materialLength(count: Int) {
        var bytes: [UInt8] = [9]
        #expect(throws: WireError(.materialInvalid, "")) {
            try CreateEnvironmentRequest.encode(
                environment: "a/b", material: Array(repeating: UInt8(1), count: count).span.bytes, into: &bytes, requestID: 1)
        }
        #expect(bytes == [9])
    }

    @Test("A request that cannot be encoded leaves nothing behind")
    func nothingBehind() {
        var bytes: [UInt8] = [9]
        #expect(throws: WireError(.malformedField, "")) {
            try EncryptRequest(environment: "a/b", scope: .job("")).encode(plaintext: RawSpan(), into: &bytes, requestID: 1)
        }
        #expect(throws: WireError(.malformedField, "")) {
            try HelloRequest(client: String(repeating: "x", count: 256)).encode(into: &bytes, requestID: 1)
        }
        #expect(bytes == [9])
    }
}
