package import Cryptography

extension VerifyingKey {
    /// Spans do not pass through `#expect`.
    package func verifies(_ signature: [UInt8], _ document: [UInt8]) -> Bool { isValid(signature.span.bytes, over: document.span.bytes) }
}
