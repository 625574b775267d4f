import Testing

@testable import EKMWire

@Suite("Fuzzing")
struct FuzzTests {
    /// One well-formed frame of each request and answer.
    static func seeds() throws -> [[UInt8]] {
        let context = try EncryptionContext(["a": "b", "tenant": "acme", "é": String(repeating: "v", count: 100)])
        let header = FrameHeader(operation: .encrypt, requestID: 1)
        let key = KMSKey(kind: "aws-kms", key: "arn:x", options: ["role-arn": "arn:y", "external-id": "z"])
        let report = DeletionReport(environment: "a/b", connectionKeys: 1, hourlyKeys: 1, logKeys: 1)
        var seeds = try [
            frame { bytes, _ in try HelloRequest(client: "fuzz").encode(into: &bytes, requestID: 1) },
            frame { bytes, _ in try CreateEnvironmentRequest.encodeManaged(environment: "a/b", into: &bytes, requestID: 1) },
            frame { bytes, _ in try CreateEnvironmentRequest.encode(environment: "a/b", key: key, into: &bytes, requestID: 1) },
            frame { bytes, _ in
                try ConfirmedRequest(.deleteEnvironment, environment: "a/b", confirmation: "a/b").encode(into: &bytes, requestID: 1)
            },
            frame { bytes, _ in try EnvironmentRequest(.showEnvironment, environment: "a/b").encode(into: &bytes, requestID: 1) },
            frame { bytes, _ in
                try ReplaceMainKeyRequest.encode(environment: "a/b", flags: .dryRun, key: key, into: &bytes, requestID: 1)
            },
            frame { bytes, _ in try LockRequest(environment: "a/b", reason: "why").encode(into: &bytes, requestID: 1) },
            frame { bytes, _ in
                let change = RetentionChange(hours: .seconds(3600), logs: .forever)
                try RetentionRequest(environment: "a/b", change: change).encode(into: &bytes, requestID: 1)
            },
            frame { bytes, _ in
                try ErasureRequest(environment: "a/b", subject: .before(unixSeconds: 5)).encode(into: &bytes, requestID: 1)
            },
            frame { bytes, _ in
                try ErasureRequest(environment: "a/b", subject: .connection("c"), confirmation: "a/b").encode(into: &bytes, requestID: 1)
            },
            frame { bytes, _ in try ReceiptRequest(id: "00ff").encode(into: &bytes, requestID: 1) },
            frame { bytes, _ in try RootExportConfirmation(rootKey: "00ff").encode(into: &bytes, requestID: 1) },
            frame { bytes, payload in Answer.appendSuccess(to: header, fields: payload, into: &bytes) },
            frame { bytes, _ in
                Answer.appendFailure(to: header, error: WireError(.restricted, "m", remedy: "r", reason: "k"), into: &bytes)
            },
            frame(payload: try ReportCoding.encode(report)) { bytes, payload in
                Answer.appendSuccess(to: header, fields: payload, into: &bytes)
            },
        ]
        for scope in [Scope.job("42"), .connection("c"), .event, .log] {
            let request = EncryptRequest(environment: "acme/prod", scope: scope, context: context)
            let decrypt = DecryptRequest(expectedScope: scope, context: context)
            seeds += try [
                frame { bytes, payload in try request.encode(plaintext: payload, into: &bytes, requestID: 1) },
                frame { bytes, _ in try request.encodeGenerateDataKey(into: &bytes, requestID: 1) },
                frame { bytes, payload in try decrypt.encode(ciphertext: payload, into: &bytes, requestID: 1) },
            ]
        }
        return seeds
    }

    private static func frame(payload: [UInt8] = [1, 2, 3, 4], _ encode: (inout [UInt8], RawSpan) throws -> Void) rethrows -> [UInt8] {
        var bytes: [UInt8] = []
        try encode(&bytes, payload.span.bytes)
        return bytes
    }

    @Test("200,000 mutated frames are parsed or refused, and none traps", .timeLimit(.minutes(3)))
    func mutated() throws {
        let seeds = try Self.seeds()
        var generator = SeededGenerator(state: 0xE1)
        var accepted = 0
        var refused = 0
        for round in 0..<200_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0..<Int.random(in: 0...3, using: &generator) { mutate(&bytes, using: &generator) }
            guard case .complete(let end) = scanned(bytes), everyParser(bytes, end: end) else {
                refused += 1
                continue
            }
            accepted += 1
        }
        // Both ways are taken, or the test tests nothing.
        #expect(accepted > 20_000)
        #expect(refused > 20_000)
    }

    private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        guard let at = bytes.indices.randomElement(using: &generator) else { return }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &generator) ?? 0
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: at)
        case 3: bytes.remove(at: at)
        default: bytes.removeLast(bytes.count - at)
        }
        // Most mutations should reach the parsers behind the length.
        if bytes.count >= 4, Bool.random(using: &generator) { bytes.setLength(from: 0) }
    }

    /// Whether some parser took the frame. Whatever was taken lies within the frame.
    private func everyParser(_ bytes: [UInt8], end: Int) -> Bool {
        let fields = Array(bytes[Frame.fields(from: 0, to: end)])
        var taken = false
        if let view = try? parsing(fields, { try EncryptRequestView(parsing: $0) }) {
            taken = true
            #expect(view.plaintext.upperBound == fields.count)
            #expect(scoped(view.scope, in: fields) != nil)
            if let context = try? parsing(fields, { try EncryptionContext(view.context, in: $0) }) {
                #expect(!view.context.isCanonical || context.canonicalBytes == Array(fields[view.context.canonical]))
            }
        }
        if let view = try? parsing(fields, { try DecryptRequestView(parsing: $0) }) {
            taken = true
            #expect(view.payload.upperBound == fields.count)
        }
        let parsers: [(RawSpan) throws -> Void] = [
            { _ = try HelloRequest(parsing: $0) }, { _ = try CreateEnvironmentRequest(parsing: $0) },
            { _ = try ConfirmedRequest(.erase, parsing: $0) }, { _ = try EnvironmentRequest(.showEnvironment, parsing: $0) },
            { _ = try ReplaceMainKeyRequest(parsing: $0) }, { _ = try LockRequest(parsing: $0) },
            { _ = try RetentionRequest(parsing: $0) }, { _ = try ErasureRequest(parsing: $0) },
            { _ = try ErasureRequest(parsingPreview: $0) }, { _ = try ReceiptRequest(parsing: $0) },
            { _ = try RootExportConfirmation(parsing: $0) },
            { _ = try HelloAnswer(parsing: $0) }, { _ = try DataKeyAnswerView(parsing: $0) },
            { bytes in
                guard bytes.byteCount > 0, bytes.byte(at: 0) == UInt8(ascii: "{") else { throw WireError(.malformedField, "") }
                _ = try ReportCoding.decode(DeletionReport.self, from: bytes)
            },
        ]
        for parser in parsers {
            do {
                try parsing(fields, parser)
                taken = true
            } catch {
                #expect(error is WireError)
            }
        }
        if let answer = try? parsing(bytes, { try AnswerView(parsing: $0, from: 0, to: end) }) {
            #expect(answer.fields.upperBound == end)
            taken = (try? parsing(bytes, answer.failure(in:))) != nil || taken
        }
        return taken
    }
}
