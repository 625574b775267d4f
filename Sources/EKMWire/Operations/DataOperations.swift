/// What services do all day.
extension Operation {
    package static let encrypt = Operation(rawValue: 3)
    package static let decrypt = Operation(rawValue: 4)
    package static let generateDataKey = Operation(rawValue: 5)
    package static let openDataKey = Operation(rawValue: 6)
    package static let encryptBatch = Operation(rawValue: 7)
    package static let decryptBatch = Operation(rawValue: 8)
}

extension OperationDeclaration {
    static let data = [
        Self(
            .encrypt, "encrypt", request: "string8 environment, scope, context, rest plaintext", answer: "rest ciphertext",
            needs: .environment([.encrypt]), costs: .cold, records: .uses),
        Self(
            .decrypt, "decrypt", request: "expected scope, context, rest ciphertext", answer: "rest plaintext",
            needs: .environment([.decrypt]), costs: .cold, records: .uses),
        Self(
            .generateDataKey, "generate-data-key", request: "string8 environment, scope, context",
            answer: "bytes32 wrapped key, rest key (32 bytes)", needs: .environment([.dataKey]), costs: .cold, records: .uses),
        Self(
            .openDataKey, "open-data-key", request: "expected scope, context, rest wrapped key", answer: "rest key (32 bytes)",
            needs: .environment([.dataKey]), costs: .cold, records: .uses),
        Self(
            .encryptBatch, "encrypt-batch", request: "string8 environment, scope, context, u16 count, so many bytes32 plaintexts",
            answer: "u16 count, so many results, see below", needs: .environment([.encrypt]), costs: .cold, records: .uses),
        Self(
            .decryptBatch, "decrypt-batch",
            request: "string8 environment, expected scope, context, u16 count, so many bytes32 ciphertexts",
            answer: "u16 count, so many results, see below", needs: .environment([.decrypt]), costs: .cold, records: .uses),
    ]
}
