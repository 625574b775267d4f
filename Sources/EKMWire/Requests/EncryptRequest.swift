/// Encrypt, or generate a data key: an environment, a scope and a context; for encrypt, the plaintext behind them.
package struct EncryptRequest: Equatable, Sendable {
    package var environment: String
    package var scope: Scope
    package var context: EncryptionContext

    package init(environment: String, scope: Scope, context: EncryptionContext = EncryptionContext()) {
        self.environment = environment
        self.scope = scope
        self.context = context
    }

    /// Appends an encrypt request. The array grows at most once, before the plaintext enters it.
    package func encode(plaintext: RawSpan, into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try encode(.encrypt, plaintext: plaintext, into: &bytes, requestID: requestID)
    }

    /// Appends a request to generate a data key.
    package func encodeGenerateDataKey(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try encode(.generateDataKey, plaintext: RawSpan(), into: &bytes, requestID: requestID)
    }

    /// The most plaintext that goes through a daemon whose frames have `limit` bytes at most: the ciphertext must fit into one, too,
    /// with the same scope and context, to come back.
    package func largestPlaintext(frames limit: Int) -> Int {
        let shared = FrameHeader.size + scope.encodedSize + context.encodedSize
        return Swift.max(0, limit - shared - Swift.max(1 + environment.utf8.count, scope.ciphertextOverhead))
    }

    private func encode(
        _ operation: Operation, plaintext: RawSpan, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        let size = 1 + environment.utf8.count + scope.encodedSize + context.encodedSize + plaintext.byteCount
        let start = bytes.count
        try bytes.appendRequest(operation, requestID: requestID, capacity: size) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            try scope.append(to: &bytes)
            context.append(to: &bytes)
        }
        bytes.append(plaintext)
        bytes.setLength(from: start)
    }
}
