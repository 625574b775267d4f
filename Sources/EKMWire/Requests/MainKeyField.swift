/// The main key that an environment is to get, as a request carries it: `u8` kind, then what that kind needs.
package enum MainKeyField: Equatable, Sendable {
    case managed
    /// Where the 32 bytes of material stand in the fields.
    case material(Range<Int>)
    case kms(KMSKey)

    /// The size of uploaded material, in bytes.
    package static let materialSize = 32

    private static let managedKind: UInt8 = 0
    private static let materialKind: UInt8 = 1
    /// 2 was a layout of one kind of KMS, and is not used again.
    private static let kmsKind: UInt8 = 3

    init(reading reader: inout WireReader, in fields: RawSpan) throws(WireError) {
        switch try reader.u8(in: fields, "main key kind") {
        case Self.managedKind: self = .managed
        case Self.materialKind: self = .material(try reader.bytes(Self.materialSize, in: fields, "material"))
        case Self.kmsKind: self = .kms(try KMSKey(reading: &reader, in: fields))
        default: throw .unknownValue("main key kind")
        }
    }

    /// Appends a managed key.
    static func appendManaged(to bytes: inout [UInt8]) { bytes.append(managedKind) }

    /// Appends uploaded material. Whoever calls has checked its size, and has reserved it.
    static func append(material: RawSpan, to bytes: inout [UInt8]) {
        bytes.append(materialKind)
        bytes.append(material)
    }

    /// Appends a key in a KMS.
    static func append(_ key: KMSKey, to bytes: inout [UInt8]) throws(WireError) {
        bytes.append(kmsKind)
        try key.append(to: &bytes)
    }

    /// Refuses material of another size than 32 bytes, before any of it enters a frame.
    static func check(material: RawSpan) throws(WireError) {
        guard material.byteCount != materialSize else { return }
        throw WireError(
            .materialInvalid, "Key material must have \(materialSize) bytes, this has \(material.byteCount).",
            remedy: "Make some with: openssl rand -base64 32")
    }
}
