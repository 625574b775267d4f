import Cryptography

extension [UInt8] {
    /// What `fill` appends, at most `capacity` bytes.
    init(capacity: Int, fill: (inout OutputRawSpan) throws -> Void) throws {
        try self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var output = OutputRawSpan(buffer: raw, initializedCount: 0)
            try fill(&output)
            count = output.finalize(for: raw)
        }
    }

    /// The same bytes with one bit turned over.
    func flipping(bit: Int) -> [UInt8] {
        var bytes = self
        bytes[bit / 8] ^= 1 << (bit % 8)
        return bytes
    }
}

extension SecretBytes {
    init(_ bytes: [UInt8], in arena: SecretArena = .shared) throws { try self.init(copying: bytes.span.bytes, in: arena) }

    borrowing func isEqual(to other: [UInt8]) -> Bool { isEqual(to: other.span.bytes) }

    /// The secret in the open, for comparing.
    borrowing func revealed() -> [UInt8] { withBytes { span in span.withUnsafeBytes { Array($0) } } }
}

// Spans are taken of parameters alone: of a temporary, in an expression that throws, they make the compiler (6.3) emit a broken module.

extension CMAC {
    static func code(key: [UInt8], over message: [UInt8]) throws -> [UInt8] { try code(key: key.span.bytes, over: message.span.bytes) }
}

extension HMACSHA256 {
    static func code(key: [UInt8], over message: [UInt8]) throws -> [UInt8] { try code(key: key.span.bytes, over: message.span.bytes) }
    static func code(key: [UInt8], over first: [UInt8], _ second: [UInt8]) throws -> [UInt8] {
        try code(key: key.span.bytes, over: first.span.bytes, second.span.bytes)
    }
}

extension SHA256 {
    static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes.span.bytes) }
}

extension XAES256GCM {
    convenience init(key: [UInt8]) throws { try self.init(key: key.span.bytes) }

    func seal(nonce: [UInt8], associatedData: [UInt8], plaintext: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: plaintext.count + Self.tagSize) {
            try seal(nonce: nonce.span.bytes, associatedData: associatedData.span.bytes, plaintext: plaintext.span.bytes, into: &$0)
        }
    }

    func open(nonce: [UInt8], associatedData: [UInt8], sealed: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: sealed.count) {
            try open(nonce: nonce.span.bytes, associatedData: associatedData.span.bytes, sealed: sealed.span.bytes, into: &$0)
        }
    }
}

extension AESGCM {
    convenience init(key: [UInt8]) throws { try self.init(key: key.span.bytes) }

    func seal(nonce: [UInt8], associatedData: [UInt8], plaintext: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: plaintext.count + Self.tagSize) {
            try seal(nonce: nonce.span.bytes, associatedData: associatedData.span.bytes, plaintext: plaintext.span.bytes, into: &$0)
        }
    }

    func open(nonce: [UInt8], associatedData: [UInt8], sealed: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: sealed.count) {
            try open(nonce: nonce.span.bytes, associatedData: associatedData.span.bytes, sealed: sealed.span.bytes, into: &$0)
        }
    }
}

extension EnvelopeCipher {
    func seal(_ plaintext: [UInt8], header: [UInt8], context: [UInt8], nonce: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: plaintext.count + Self.overhead) {
            try seal(plaintext.span.bytes, header: header.span.bytes, context: context.span.bytes, nonce: nonce.span.bytes, into: &$0)
        }
    }

    func open(_ sealed: [UInt8], header: [UInt8], context: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: sealed.count) {
            try open(sealed.span.bytes, header: header.span.bytes, context: context.span.bytes, into: &$0)
        }
    }
}

extension CryptographyError {
    static let cannotOpen = CryptographyError(.cannotOpen, "")
    static let wrongSize = CryptographyError(.wrongSize, "")
    static let arenaFull = CryptographyError(.arenaFull, "")
    static let counterUsed = CryptographyError(.counterUsed, "")
}
