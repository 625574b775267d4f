internal import Bedrock
internal import Cryptography
internal import EKMWire
internal import KeyHierarchy

extension MainKeyField {
    /// The main key that is asked for, as its provider finds it.
    var reference: MainKeyReference {
        switch self {
        case .managed: return .managed
        case .material: return .material
        case .awsKMS(let key):
            var options = ["given": key.reference]
            options["role-arn"] = key.roleARN
            options["external-id"] = key.externalID
            return MainKeyReference(kind: .awsKMS, identifier: key.reference, options: options)
        }
    }

    /// Uploaded material, in locked memory; nil for the other kinds.
    func material(in fields: WipedBytes) throws(WireError) -> SecretBytes? {
        guard case .material(let range) = self else { return nil }
        do throws(CryptographyError) {
            return try fields.withBytes { (fields) throws(CryptographyError) in try SecretBytes(copying: fields.extracting(range)) }
        } catch { throw WireError(error) }
    }
}
