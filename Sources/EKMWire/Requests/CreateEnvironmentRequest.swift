/// Create an environment, with one of three kinds of main key.
package struct CreateEnvironmentRequest: Equatable, Sendable {
    /// The main key, as a request carries it.
    package enum MainKey: Equatable, Sendable {
        case managed
        /// Where the 32 bytes of material stand in the fields.
        case material(Range<Int>)
        case awsKMS(AWSKMSKey)
    }

    /// The size of uploaded material, in bytes.
    package static let materialSize = 32

    package let environment: String
    package let mainKey: MainKey

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        switch try reader.u8(in: fields, "main key kind") {
        case 0: mainKey = .managed
        case 1: mainKey = .material(try reader.bytes(Self.materialSize, in: fields, "material"))
        case 2:
            let reference = try reader.copiedString16(in: fields, "key reference")
            let role = try reader.copiedString16(in: fields, "role arn")
            let externalID = try reader.copiedString16(in: fields, "external id")
            let key = AWSKMSKey(reference: reference, roleARN: role.isEmpty ? nil : role, externalID: externalID.isEmpty ? nil : externalID)
            mainKey = .awsKMS(key)
        default: throw .unknownValue("main key kind")
        }
        try reader.end(in: fields)
    }

    /// Appends a request for an environment with a managed key.
    package static func encodeManaged(environment: String, into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.createEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            bytes.append(0)
        }
    }

    /// Appends a request for an environment with uploaded material. The array grows at most once, before the material enters it.
    package static func encode(
        environment: String, material: RawSpan, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        guard material.byteCount == materialSize else {
            throw WireError(
                .materialInvalid, "Key material must have \(materialSize) bytes, this has \(material.byteCount).",
                remedy: "Make some with: openssl rand -base64 32")
        }
        let start = bytes.count
        let size = 2 + environment.utf8.count + materialSize
        try bytes.appendRequest(.createEnvironment, requestID: requestID, capacity: size) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            bytes.append(1)
        }
        bytes.append(material)
        bytes.setLength(from: start)
    }

    /// Appends a request for an environment whose main key is in AWS KMS.
    package static func encode(
        environment: String, key: AWSKMSKey, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        try bytes.appendRequest(.createEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            bytes.append(2)
            try bytes.appendString16(key.reference, "key reference")
            try bytes.appendString16(key.roleARN ?? "", "role arn")
            try bytes.appendString16(key.externalID ?? "", "external id")
        }
    }
}
