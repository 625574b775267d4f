internal import EKMWire

extension Request where Value == ReplacementOutcomeReport {
    static func replaceMainKey(_ name: String, _ mainKey: NewMainKey, _ flags: ReplacementFlags) -> Self {
        Request(operation: .replaceMainKey) { (bytes, id) throws(WireError) in
            switch mainKey {
            case .managed:
                try ReplaceMainKeyRequest.encodeManaged(environment: name, flags: flags, into: &bytes, requestID: id)
            case .material(let material):
                try ReplaceMainKeyRequest.encode(
                    environment: name, flags: flags, material: unsafe material.span.bytes, into: &bytes, requestID: id)
            case .awsKMS(let key):
                try ReplaceMainKeyRequest.encode(environment: name, flags: flags, key: key, into: &bytes, requestID: id)
            }
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(ReplacementOutcomeReport.self, from: fields)
        }
    }
}

extension Request where Value == KeyReport {
    static func showMainKey(_ name: String) -> Self { .named(.showMainKey, name) }
    static func refreshMainKey(_ name: String) -> Self { .named(.refreshMainKey, name) }
    static func rotateMainKey(_ name: String) -> Self { .named(.rotateMainKey, name) }
    static func withdrawMaterial(_ name: String, confirmation: String) -> Self { .confirmed(.withdrawMaterial, name, confirmation) }
    static func cancelPendingMainKey(_ name: String) -> Self { .named(.cancelPendingMainKey, name) }
}

extension Request where Value == RepackReport {
    static func showRepack(_ name: String) -> Self { .named(.showRepack, name) }
    static func pauseRepack(_ name: String) -> Self { .named(.pauseRepack, name) }
    static func resumeRepack(_ name: String) -> Self { .named(.resumeRepack, name) }
    static func cancelRepack(_ name: String) -> Self { .named(.cancelRepack, name) }
}
