internal import EKMWire

extension Request where Value == Encrypted {
    static func encrypt(_ plaintext: [UInt8], _ request: EncryptRequest) -> Self {
        Request(operation: .encrypt) { (bytes, id) throws(WireError) in
            try request.encode(plaintext: unsafe plaintext.span.bytes, into: &bytes, requestID: id)
        } decode: { fields, secondsLeft in
            Encrypted(ciphertext: fields.array(fields.byteOffsets), secondsLeft: secondsLeft.seconds)
        }
    }
}

extension Request where Value == Decrypted {
    static func decrypt(_ ciphertext: [UInt8], _ request: DecryptRequest) -> Self {
        Request(operation: .decrypt) { (bytes, id) throws(WireError) in
            try request.encode(ciphertext: unsafe ciphertext.span.bytes, into: &bytes, requestID: id)
        } decode: { fields, secondsLeft in
            Decrypted(plaintext: fields.array(fields.byteOffsets), secondsLeft: secondsLeft.seconds)
        }
    }
}

extension Request where Value == LentDataKey {
    static func generateDataKey(_ request: EncryptRequest) -> Self {
        Request(operation: .generateDataKey) { (bytes, id) throws(WireError) in
            try request.encodeGenerateDataKey(into: &bytes, requestID: id)
        } decode: { (fields, secondsLeft) throws(WireError) in
            let view = try DataKeyAnswerView(parsing: fields)
            return LentDataKey(
                wrapped: fields.array(view.wrapped), secondsLeft: secondsLeft.seconds,
                key: try DataKey(copying: fields.extracting(view.key)))
        }
    }
}

extension Request where Value == OpenedDataKey {
    static func openDataKey(_ wrapped: [UInt8], _ request: DecryptRequest) -> Self {
        Request(operation: .openDataKey) { (bytes, id) throws(WireError) in
            try request.encodeOpenDataKey(wrapped: unsafe wrapped.span.bytes, into: &bytes, requestID: id)
        } decode: { (fields, secondsLeft) throws(WireError) in
            OpenedDataKey(secondsLeft: secondsLeft.seconds, key: try DataKey(copying: fields))
        }
    }
}
