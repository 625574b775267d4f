package import KeyHierarchy

extension MainKeyReference.Kind {
    /// Some KMS: rooms that see a main key only as data need not know which.
    package static let aKMS = MainKeyReference.Kind(rawValue: "a-kms")
}
