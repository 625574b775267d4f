/// Create an environment, with one of three kinds of main key.
package struct CreateEnvironmentRequest: Equatable, Sendable {
    package let environment: String
    package let mainKey: MainKeyField

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        mainKey = try MainKeyField(reading: &reader, in: fields)
        try reader.end(in: fields)
    }

    /// Appends a request for an environment with a managed key.
    package static func encodeManaged(environment: String, into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.createEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            MainKeyField.appendManaged(to: &bytes)
        }
    }

    /// Appends a request for an environment with uploaded material. The array grows at most once, before the material enters it.
    package static func encode(
        environment: String, material: RawSpan, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        try MainKeyField.check(material: material)
        let start = bytes.count
        let size = 2 + environment.utf8.count + MainKeyField.materialSize
        try bytes.appendRequest(.createEnvironment, requestID: requestID, capacity: size) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
        }
        MainKeyField.append(material: material, to: &bytes)
        bytes.setLength(from: start)
    }

    /// Appends a request for an environment whose main key is in a KMS.
    package static func encode(
        environment: String, key: KMSKey, into bytes: inout [UInt8], requestID: UInt32
    ) throws(WireError) {
        try bytes.appendRequest(.createEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            try MainKeyField.append(key, to: &bytes)
        }
    }
}
