/// What the store keeps of a main key.
package struct MainKeyRecord: Sendable {
    package var id: MainKeyID
    package var reference: MainKeyReference
    /// Managed and uploaded keys: their 32 bytes, sealed by the root key. Nil for a key that stays in a KMS.
    package var sealedMaterial: [UInt8]?
    package var createdAt: Stamp

    /// Whether its material was uploaded, and is not here any more.
    package var isWithdrawn: Bool { reference.kind == .material && sealedMaterial == nil }

    package init(id: MainKeyID, reference: MainKeyReference, sealedMaterial: [UInt8]?, createdAt: Stamp) {
        self.id = id
        self.reference = reference
        self.sealedMaterial = sealedMaterial
        self.createdAt = createdAt
    }
}
