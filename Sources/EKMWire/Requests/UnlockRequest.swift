/// Unlock an environment: the lock of a number, or the only one there is.
package struct UnlockRequest: Equatable, Sendable {
    package var environment: String
    /// From 1; nil for the only one.
    package var lock: UInt32?

    package init(environment: String, lock: UInt32? = nil) {
        self.environment = environment
        self.lock = lock
    }

    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        if reader.offset < fields.byteCount { lock = try reader.u32(in: fields, "lock") }
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        try bytes.appendRequest(.unlockEnvironment, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            if let lock { bytes.appendBigEndian(lock) }
        }
    }
}
