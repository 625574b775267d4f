extension FaultInjectingKMS {
    /// Which requests a fault applies to.
    package struct Selector: Sendable {
        var operation: Operation?
        var key: String?
        var times: Int?

        /// Requests for `operation` that name `key` (by ARN, id or alias), the next `times` of them; all of them when nil.
        package static func on(_ operation: Operation, key: String? = nil, times: Int? = nil) -> Selector {
            Selector(operation: operation, key: key, times: times)
        }

        /// Every request, or every one that names `key`.
        package static func everything(key: String? = nil, times: Int? = nil) -> Selector {
            Selector(operation: nil, key: key, times: times)
        }
    }
}
