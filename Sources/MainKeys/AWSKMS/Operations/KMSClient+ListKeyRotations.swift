internal import KeyHierarchy

extension KMSClient {
    /// Which of a key's material encrypts now, as the list of all of it says; nil where it does not say.
    ///
    /// AWS answers only identities of the key's own account.
    /// - Parameter key: the key's ARN.
    func listedMaterial(_ key: String) async throws(AWSFailure) -> Generation? {
        var marker: String?
        // 1,000 materials: far more than the rotations that a key can have.
        for _ in 0..<20 {
            var body = JSONBody()
            body.add("KeyId", key)
            body.add("IncludeKeyMaterial", "ALL_KEY_MATERIAL")
            // A page of them stays well below the longest answer that is read.
            body.add("Limit", 50)
            if let marker { body.add("Marker", marker) }
            let answer = try await call("ListKeyRotations", key: key, body.finish()).document
            guard let entries = answer.elements("Rotations") else {
                throw AWSFailure(
                    .answer("KMS answered ListKeyRotations without a list."), verdict: .unreachable, operation: "ListKeyRotations")
            }
            for entry in entries where entry.text("KeyMaterialState") == "CURRENT" {
                guard let material = entry.text("KeyMaterialId") else { return nil }
                return Generation(material)
            }
            guard answer.flag("Truncated") == true, let next = answer.text("NextMarker"), next != marker, next.utf8.count <= 1024 else {
                return nil
            }
            marker = next
        }
        return nil
    }
}
