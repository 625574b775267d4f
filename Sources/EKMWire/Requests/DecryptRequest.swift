/// Decrypt, or open a data key: the scope that is expected, the context, and what was encrypted or wrapped.
package struct DecryptRequest: Equatable, Sendable {
    /// The scope that the ciphertext must have; nil for any.
    package var expectedScope: Scope?
    package var context: EncryptionContext

    package init(expectedScope: Scope? = nil, context: EncryptionContext = EncryptionContext()) {
        self.expectedScope = expectedScope
        self.context = context
    }

    /// Appends a decrypt request.
    package func encode(ciphertext: RawSpan, into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try encode(.decrypt, ciphertext, into: &bytes, requestID: requestID)
    }

    /// Appends a request to open a wrapped data key.
    package func encodeOpenDataKey(wrapped: RawSpan, into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try encode(.openDataKey, wrapped, into: &bytes, requestID: requestID)
    }

    /// The largest ciphertext that a daemon takes whose frames have `limit` bytes at most.
    package func largestCiphertext(frames limit: Int) -> Int {
        Swift.max(0, limit - FrameHeader.size - (expectedScope?.encodedSize ?? 1) - context.encodedSize)
    }

    private func encode(_ operation: Operation, _ payload: RawSpan, into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        let size = (expectedScope?.encodedSize ?? 1) + context.encodedSize + payload.byteCount
        let start = bytes.count
        try bytes.appendRequest(operation, requestID: requestID, capacity: size) { (bytes) throws(WireError) in
            if let expectedScope { try expectedScope.append(to: &bytes) } else { bytes.append(ScopeKind.any.rawValue) }
            context.append(to: &bytes)
        }
        bytes.append(payload)
        bytes.setLength(from: start)
    }
}
