import EKMWire

/// Requests as frames.
enum Requests {
    static func encrypt(
        _ plaintext: [UInt8], in environment: String, _ scope: EKMWire.Scope = .job("job"), context: [String: String] = [:], id: UInt32 = 1
    ) -> [UInt8] {
        frame { bytes in
            try EncryptRequest(environment: environment, scope: scope, context: EncryptionContext(context))
                .encode(plaintext: plaintext.span.bytes, into: &bytes, requestID: id)
        }
    }

    static func decrypt(
        _ ciphertext: [UInt8], expected: EKMWire.Scope? = nil, context: [String: String] = [:], id: UInt32 = 1
    ) -> [UInt8] {
        frame { bytes in
            try DecryptRequest(expectedScope: expected, context: EncryptionContext(context))
                .encode(ciphertext: ciphertext.span.bytes, into: &bytes, requestID: id)
        }
    }

    static func generateDataKey(
        in environment: String, _ scope: EKMWire.Scope = .job("job"), context: [String: String] = [:], id: UInt32 = 1
    ) -> [UInt8] {
        frame { bytes in
            try EncryptRequest(environment: environment, scope: scope, context: EncryptionContext(context))
                .encodeGenerateDataKey(into: &bytes, requestID: id)
        }
    }

    static func openDataKey(
        _ wrapped: [UInt8], expected: EKMWire.Scope? = nil, context: [String: String] = [:], id: UInt32 = 1
    ) -> [UInt8] {
        frame { bytes in
            try DecryptRequest(expectedScope: expected, context: EncryptionContext(context))
                .encodeOpenDataKey(wrapped: wrapped.span.bytes, into: &bytes, requestID: id)
        }
    }

    static func empty(_ operation: EKMWire.Operation, id: UInt32 = 1) -> [UInt8] {
        frame { try EmptyRequest(operation).encode(into: &$0, requestID: id) }
    }

    static func named(_ operation: EKMWire.Operation, _ environment: String, id: UInt32 = 1) -> [UInt8] {
        frame { try EnvironmentRequest(operation, environment: environment).encode(into: &$0, requestID: id) }
    }

    static func create(_ environment: String, id: UInt32 = 1) -> [UInt8] {
        frame { try CreateEnvironmentRequest.encodeManaged(environment: environment, into: &$0, requestID: id) }
    }

    static func delete(_ environment: String, confirmation: String, id: UInt32 = 1) -> [UInt8] {
        frame { bytes in
            try ConfirmedRequest(.deleteEnvironment, environment: environment, confirmation: confirmation).encode(
                into: &bytes, requestID: id)
        }
    }

    static func confirmed(_ operation: EKMWire.Operation, _ environment: String, _ confirmation: String) -> [UInt8] {
        frame { try ConfirmedRequest(operation, environment: environment, confirmation: confirmation).encode(into: &$0, requestID: 1) }
    }

    static func lock(_ environment: String, reason: String, id: UInt32 = 1) -> [UInt8] {
        frame { try LockRequest(environment: environment, reason: reason).encode(into: &$0, requestID: id) }
    }

    static func retention(_ environment: String, _ change: RetentionChange) -> [UInt8] {
        frame { try RetentionRequest(environment: environment, change: change).encode(into: &$0, requestID: 1) }
    }

    static func confirmRootExport(_ rootKey: String) -> [UInt8] {
        frame { try RootExportConfirmation(rootKey: rootKey).encode(into: &$0, requestID: 1) }
    }

    static func batch(
        _ operation: EKMWire.Operation, _ items: [[UInt8]], in environment: String, _ scope: EKMWire.Scope? = .job("job"),
        context: [String: String] = [:]
    ) -> [UInt8] {
        frame { bytes in
            try BatchRequest(environment: environment, scope: scope, context: EncryptionContext(context))
                .encode(operation, items: items, into: &bytes, requestID: 1)
        }
    }

    static func page(_ request: EnvironmentPageRequest = EnvironmentPageRequest()) -> [UInt8] {
        frame { try request.encode(into: &$0, requestID: 1) }
    }

    static func whoami(_ environment: String, user: UInt32? = nil) -> [UInt8] {
        frame { try WhoamiRequest(environment: environment, user: user).encode(into: &$0, requestID: 1) }
    }

    static func replace(_ environment: String, flags: ReplacementFlags = []) -> [UInt8] {
        frame { try ReplaceMainKeyRequest.encodeManaged(environment: environment, flags: flags, into: &$0, requestID: 1) }
    }

    static func erase(_ environment: String, _ subject: ErasureSubject) -> [UInt8] {
        frame { bytes in
            try ErasureRequest(environment: environment, subject: subject, confirmation: environment).encode(into: &bytes, requestID: 1)
        }
    }

    static func erasurePreview(_ environment: String, _ subject: ErasureSubject) -> [UInt8] {
        frame { bytes in
            try ErasureRequest(environment: environment, subject: subject, confirmation: nil).encode(into: &bytes, requestID: 1)
        }
    }

    static func receipt(_ id: String) -> [UInt8] { frame { try ReceiptRequest(id: id).encode(into: &$0, requestID: 1) } }

    static func hello(lowest: UInt16 = 1, highest: UInt16 = 1, id: UInt32 = 1) -> [UInt8] {
        frame { bytes in
            try HelloRequest(lowestVersion: lowest, highestVersion: highest, client: "test").encode(into: &bytes, requestID: id)
        }
    }

    /// A frame with any operation, flags and fields.
    static func raw(_ operation: UInt16, flags: UInt16 = 0, id: UInt32 = 1, fields: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.appendBigEndian(UInt32(8 + fields.count))
        bytes.appendBigEndian(operation)
        bytes.appendBigEndian(flags)
        bytes.appendBigEndian(id)
        return bytes + fields
    }

    private static func frame(_ encode: (inout [UInt8]) throws -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        do { try encode(&bytes) } catch { preconditionFailure("a test's request is well formed: \(error)") }
        return bytes
    }
}
