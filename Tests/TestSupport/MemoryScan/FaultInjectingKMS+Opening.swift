extension FaultInjectingKMS {
    /// What a ciphertext of this KMS holds: what a Decrypt of it answers. Asks nobody, and counts as no request.
    package func plaintext(of ciphertext: [UInt8], context: [String: String]) -> [UInt8]? {
        guard let origin = KeyMaterial.origin(of: ciphertext) else { return nil }
        return account.with { account in
            account.keys[origin.key]?.materials.first { $0.id == origin.material }?.open(ciphertext, context: context)
        }
    }
}
