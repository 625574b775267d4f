/// A failure as JSON.
struct ErrorReport: Encodable {
    struct Content: Encodable {
        private let failure: Failure

        init(_ failure: Failure) { self.failure = failure }

        private enum CodingKeys: String, CodingKey { case code, name, message, remedy, verdict, verdictAt, reason }

        /// Every field is there; what is not known is null.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(failure.code, forKey: .code)
            try container.encode(failure.name, forKey: .name)
            try container.encode(failure.message, forKey: .message)
            try container.encode(failure.remedy, forKey: .remedy)
            try container.encode(failure.verdict, forKey: .verdict)
            try container.encode(failure.verdictAt, forKey: .verdictAt)
            try container.encode(failure.reason, forKey: .reason)
        }
    }

    let error: Content
}
