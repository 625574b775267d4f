import Testing

@testable import Cryptography

/// What is called beside EVP gives what EVP gives.
@Suite("Two ways to the same bytes") struct TwoWaysTests {
    private static let sizes = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1000, 4096]

    @Test("AES-GCM of the provider itself seals and opens as AES-GCM through EVP does", arguments: [16, 24, 32])
    func gcm(keySize: Int) throws {
        let key = try Random.bytes(keySize)
        let (direct, evp) = (try AESGCM(key: key, direct: true), try AESGCM(key: key, direct: false))
        for size in Self.sizes {
            for associated in [0, 1, 16, 126, 300] {
                let (nonce, data) = (try Random.bytes(12), try Random.bytes(associated))
                let plaintext = try Random.bytes(size)
                let sealed = try direct.seal(nonce: nonce, associatedData: data, plaintext: plaintext)
                #expect(try sealed == evp.seal(nonce: nonce, associatedData: data, plaintext: plaintext))
                #expect(try direct.open(nonce: nonce, associatedData: data, sealed: sealed) == plaintext)
                #expect(try evp.open(nonce: nonce, associatedData: data, sealed: sealed) == plaintext)
                var changed = sealed
                changed[changed.count - 1] ^= 1
                for cipher in [direct, evp] {
                    #expect(throws: CryptographyError(.cannotOpen, "")) {
                        try cipher.open(nonce: nonce, associatedData: data, sealed: changed)
                    }
                }
            }
        }
    }

    @Test("A key for one message replaces the key before it, both ways")
    func keyForOneMessage() throws {
        let (direct, evp) = (try AESGCM(keySize: 32, direct: true), try AESGCM(keySize: 32, direct: false))
        for _ in 0..<3 {
            let (key, nonce, plaintext) = (try Random.bytes(32), try Random.bytes(12), try Random.bytes(100))
            let sealed = try direct.seal(underOwn: key, nonce, plaintext)
            #expect(try sealed == evp.seal(underOwn: key, nonce, plaintext))
            #expect(try AESGCM(key: key, direct: true).open(nonce: nonce, associatedData: [], sealed: sealed) == plaintext)
        }
    }

    @Test("HMAC from kept states is HMAC from OpenSSL, whatever the message's length")
    func hmac() throws {
        let key = try Random.bytes(32)
        let (own, provided) = (
            try KeyedCommitment(key: key, ownStates: true), try KeyedCommitment(key: key, ownStates: false)
        )
        for size in Self.sizes {
            let (a, b, c) = (try Random.bytes(24), try Random.bytes(126), try Random.bytes(size))
            let wanted = try HMACSHA256.code(key: key, over: a + b + c)
            for commitment in [own, provided] {
                #expect(try commitment.code(a, b, c) == wanted)
            }
        }
    }

    @Test("Both ways are in use: the provider here shows its functions, and HMAC is OpenSSL's own")
    func inUse() {
        #expect(Algorithm.direct256 != nil)
        #expect(Algorithm.hmacIsOwn)
    }
}

extension AESGCM {
    fileprivate convenience init(key: [UInt8], direct: Bool) throws { try self.init(key: key.span.bytes, direct: direct) }

    fileprivate func seal(underOwn key: [UInt8], _ nonce: [UInt8], _ plaintext: [UInt8]) throws -> [UInt8] {
        try [UInt8](capacity: plaintext.count + Self.tagSize) { output in
            try key.withUnsafeBytes { key in
                try seal(key: key.baseAddress, nonce: nonce.span.bytes, RawSpan(), RawSpan(), plaintext.span.bytes, into: &output)
            }
        }
    }
}

extension KeyedCommitment {
    fileprivate convenience init(key: [UInt8], ownStates: Bool) throws { try self.init(key: key.span.bytes, ownStates: ownStates) }

    fileprivate func code(_ a: [UInt8], _ b: [UInt8], _ c: [UInt8]) throws -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.codeSize)
        try code.withUnsafeMutableBytes { buffer in
            guard let start = buffer.baseAddress else { return }
            try self.code(a.span.bytes, b.span.bytes, c.span.bytes, into: start)
        }
        return code
    }
}
