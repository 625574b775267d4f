package import Cryptography

extension Needles {
    /// Looks for a key of the hierarchy, for the keys derived from it, and for what OpenSSL makes of those.
    package func add(key name: String, _ key: borrowing SecretBytes) throws {
        key.withBytes { key in key.withUnsafeBytes { add(secret: name, $0) } }
        for (use, word) in [(KeyUse.wrap, "wrap"), (.encrypt, "encrypt")] {
            let derived = try use.key(from: key)
            derived.withBytes { bytes in bytes.withUnsafeBytes { add(cipherKey: "\(name) → \(word)", $0) } }
        }
        let commit = try KeyUse.commit.key(from: key)
        commit.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                addHalves("\(name) → commit", bytes)
                for (pad, word) in [(0x36 as UInt8, "inner"), (0x5c, "outer")] {
                    let state = room(HMACState.byteCount)
                    HMACState.compute(bytes, pad: pad, work: room(256), into: state)
                    add("\(name) → commit, HMAC's \(word) state", UnsafeRawBufferPointer(state))
                }
            }
        }
    }

    /// Looks for the key of one message: XAES-256-GCM derives it from the message's nonce.
    package func add(messageKey name: String, of key: borrowing SecretBytes, nonce: ArraySlice<UInt8>) throws {
        let encrypt = try KeyUse.encrypt.key(from: key)
        let place = room(32)
        for half in 0..<2 {
            let block: [UInt8] = [0, UInt8(half + 1), UInt8(ascii: "X"), 0] + nonce.prefix(12)
            var code = try encrypt.withBytes { key in try CMAC.code(key: key, over: block.span.bytes) }
            code.withUnsafeMutableBytes { code in
                UnsafeMutableRawBufferPointer(rebasing: place[half * 16..<half * 16 + 16]).copyMemory(from: UnsafeRawBufferPointer(code))
                code.initializeMemory(as: UInt8.self, repeating: 0)
            }
        }
        add(cipherKey: name, UnsafeRawBufferPointer(place))
    }

    private func add(cipherKey name: String, _ bytes: UnsafeRawBufferPointer) {
        addHalves(name, bytes)
        let schedule = room(AESKeySchedule.byteCount)
        schedule.copyMemory(from: bytes)
        AESKeySchedule.expand(schedule)
        add("\(name), key schedule", UnsafeRawBufferPointer(rebasing: schedule[32..<64]))
        add("\(name), key schedule's end", UnsafeRawBufferPointer(rebasing: schedule[224..<240]))
    }

    private func addHalves(_ name: String, _ bytes: UnsafeRawBufferPointer) {
        add(name, UnsafeRawBufferPointer(rebasing: bytes.prefix(16)))
        add("\(name), its end", UnsafeRawBufferPointer(rebasing: bytes.suffix(16)))
    }
}
