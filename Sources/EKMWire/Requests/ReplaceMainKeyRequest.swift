/// Point an environment at another main key.
package struct ReplaceMainKeyRequest: Equatable, Sendable {
    package let environment: String
    package let flags: ReplacementFlags
    package let mainKey: MainKeyField

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        flags = ReplacementFlags(rawValue: try reader.u8(in: fields, "replacement flags"))
        guard flags.isSubset(of: .known) else { throw .unknownValue("replacement flags") }
        mainKey = try MainKeyField(reading: &reader, in: fields)
        try reader.end(in: fields)
    }

    /// Appends a request for a managed key.
    package static func encodeManaged(
        environment: String, flags: ReplacementFlags, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        try bytes.appendRequest(.replaceMainKey, requestID: requestID) { (bytes) throws(WireError) in
            try append(environment, flags, to: &bytes)
            MainKeyField.appendManaged(to: &bytes)
        }
    }

    /// Appends a request for uploaded material. The array grows at most once, before the material enters it.
    package static func encode(
        environment: String, flags: ReplacementFlags, material: RawSpan, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        try MainKeyField.check(material: material)
        let start = bytes.count
        let size = 3 + environment.utf8.count + MainKeyField.materialSize
        try bytes.appendRequest(.replaceMainKey, requestID: requestID, capacity: size) { (bytes) throws(WireError) in
            try append(environment, flags, to: &bytes)
        }
        MainKeyField.append(material: material, to: &bytes)
        bytes.setLength(from: start)
    }

    /// Appends a request for a key in a KMS.
    package static func encode(
        environment: String, flags: ReplacementFlags, key: KMSKey, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        try bytes.appendRequest(.replaceMainKey, requestID: requestID) { (bytes) throws(WireError) in
            try append(environment, flags, to: &bytes)
            try MainKeyField.append(key, to: &bytes)
        }
    }

    private static func append(_ environment: String, _ flags: ReplacementFlags, to bytes: inout [UInt8]) throws(WireError) {
        try bytes.appendString8(environment, "environment")
        bytes.append(flags.rawValue)
    }
}
