internal import EKMWire

extension Request where Value == EnvironmentReport {
    static func createEnvironment(_ name: String, _ mainKey: NewMainKey) -> Self {
        Request(operation: .createEnvironment) { (bytes, id) throws(WireError) in
            switch mainKey {
            case .managed:
                try CreateEnvironmentRequest.encodeManaged(environment: name, into: &bytes, requestID: id)
            case .material(let material):
                try CreateEnvironmentRequest.encode(
                    environment: name, material: unsafe material.span.bytes, into: &bytes, requestID: id)
            case .awsKMS(let key):
                try CreateEnvironmentRequest.encode(environment: name, key: key, into: &bytes, requestID: id)
            }
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(EnvironmentReport.self, from: fields)
        }
    }

    static func showEnvironment(_ name: String) -> Self { .named(.showEnvironment, name) }
}

extension Request where Value: Decodable {
    static func named(_ operation: Operation, _ name: String) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try EnvironmentRequest(operation, environment: name).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(Value.self, from: fields)
        }
    }

    /// What cannot be undone, with the name once more.
    static func confirmed(_ operation: Operation, _ name: String, _ confirmation: String) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try ConfirmedRequest(operation, environment: name, confirmation: confirmation).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(Value.self, from: fields)
        }
    }

    static func report(_ operation: Operation) -> Self {
        Request(operation: operation) { (bytes, id) throws(WireError) in
            try EmptyRequest(operation).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try ReportCoding.decode(Value.self, from: fields)
        }
    }
}

extension Request where Value == [EnvironmentReport] {
    static var listEnvironments: Self { .report(.listEnvironments) }
}

extension Request where Value == StatusReport {
    static var status: Self { .report(.status) }
}

extension Request where Value == DeletionReport {
    static func deletionPreview(_ name: String) -> Self { .named(.deletionPreview, name) }

    static func deleteEnvironment(_ name: String, confirmation: String) -> Self {
        .confirmed(.deleteEnvironment, name, confirmation)
    }
}

extension Request where Value == DataKey {
    static var rootExport: Self {
        Request(operation: .rootExport) { (bytes, id) throws(WireError) in
            try EmptyRequest(.rootExport).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            try DataKey(copying: fields)
        }
    }
}

extension Request where Value == String {
    static func externalID(_ name: String) -> Self {
        Request(operation: .externalID) { (bytes, id) throws(WireError) in
            try EnvironmentRequest(.externalID, environment: name).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            guard let text = fields.string(fields.byteOffsets) else {
                throw WireError(.malformedField, "The external id is not valid UTF-8.", remedy: "Update the older of the two.")
            }
            return text
        }
    }
}

extension Request where Value == Void {
    static func confirmRootExport(_ rootKey: String) -> Self {
        Request(operation: .confirmRootExport) { (bytes, id) throws(WireError) in
            try RootExportConfirmation(rootKey: rootKey).encode(into: &bytes, requestID: id)
        } decode: { _, _ in
        }
    }

    static var ping: Self {
        Request(operation: .ping) { (bytes, id) throws(WireError) in
            try EmptyRequest(.ping).encode(into: &bytes, requestID: id)
        } decode: { _, _ in
        }
    }
}

extension Request where Value == DaemonInfo {
    static func hello(client: String) -> Self {
        Request(operation: .hello) { (bytes, id) throws(WireError) in
            try HelloRequest(client: client).encode(into: &bytes, requestID: id)
        } decode: { (fields, _) throws(WireError) in
            let answer = try HelloAnswer(parsing: fields)
            return DaemonInfo(version: answer.serverVersion, protocolVersion: answer.version, largestFrame: Int(answer.largestFrame))
        }
    }
}
