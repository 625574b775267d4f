/// Erase keys, or only say which: an environment, a subject, and, to erase, the environment's name typed a second time.
package struct ErasureRequest: Equatable, Sendable {
    package var environment: String
    package var subject: ErasureSubject
    /// Nil where only a preview is asked for.
    package var confirmation: String?

    package init(environment: String, subject: ErasureSubject, confirmation: String? = nil) {
        self.environment = environment
        self.subject = subject
        self.confirmation = confirmation
    }

    /// Parses a request to erase.
    package init(parsing fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        subject = try ErasureSubject(reading: &reader, in: fields)
        confirmation = try reader.copiedString8(in: fields, "confirmation")
        try reader.end(in: fields)
    }

    /// Parses a request for a preview: the same, without a confirmation.
    package init(parsingPreview fields: RawSpan) throws(WireError) {
        var reader = WireReader()
        environment = try reader.copiedString8(in: fields, "environment")
        subject = try ErasureSubject(reading: &reader, in: fields)
        try reader.end(in: fields)
    }

    package func encode(into bytes: inout [UInt8], requestID: UInt32) throws(WireError) {
        let operation: Operation = confirmation == nil ? .previewErasure : .erase
        try bytes.appendRequest(operation, requestID: requestID) { (bytes) throws(WireError) in
            try bytes.appendString8(environment, "environment")
            try subject.append(to: &bytes)
            if let confirmation { try bytes.appendString8(confirmation, "confirmation") }
        }
    }
}
