import Foundation
import JSONSchema

/// The way of a request.
extension FaultInjectingKMS {
    /// A request as HTTP brought it.
    struct Incoming: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: [UInt8]
        let connection: Int
        /// Sends a held answer, when it is released.
        let send: @Sendable (Answer) -> Void

        /// What it asks for.
        var operation: Operation {
            if method == "POST", path == "/" {
                if let target = headers["x-amz-target"] {
                    let operation = Operation(rawValue: String(target.split(separator: ".").last ?? ""))
                    return target.hasPrefix("TrentService.") && operation?.isKMS == true ? operation ?? .unknown : .unknown
                }
                let action = Operation(rawValue: formFields(of: body)["Action"] ?? "")
                return action?.isSTS == true ? action ?? .unknown : .unknown
            }
            let credentials = "/latest/meta-data/iam/security-credentials/"
            return switch (method, path) {
            case ("PUT", "/latest/api/token"): .instanceToken
            case ("GET", credentials): .instanceRole
            case ("GET", _) where path.hasPrefix(credentials): .instanceCredentials
            case ("GET", FaultInjectingKMS.containerCredentialsPath): .containerCredentials
            default: .unknown
            }
        }
    }

    func receive(_ incoming: Incoming) -> Delivery {
        for action in account.with({ account in
            defer { account.upcoming = [] }
            return account.upcoming
        }) { action(self) }
        return account.with { $0.receive(incoming) }
    }
}

extension FaultInjectingKMS.Account {
    mutating func receive(_ incoming: FaultInjectingKMS.Incoming) -> FaultInjectingKMS.Delivery {
        let operation = incoming.operation
        let fields = (try? JSONDecoder().decode([String: JSONValue].self, from: Data(incoming.body))) ?? [:]
        let parameters = operation.isSTS ? formFields(of: incoming.body) : [:]
        let signer = try? FaultInjectingKMS.Signature(incoming.headers)
        let named =
            (fields["KeyId"] ?? fields["SourceKeyId"])?.text
            ?? fields["CiphertextBlob"]?.text.flatMap { Data(base64Encoded: $0) }.flatMap { KeyMaterial.origin(of: Array($0))?.key }
        let key = named.map { (try? self.key(named: $0))?.id ?? $0 }
        requests.append(
            FaultInjectingKMS.Request(
                operation: operation, key: key, context: (try? context(fields)) ?? [:], headers: incoming.headers,
                accessKeyID: signer?.accessKeyID,
                parameters: parameters.filter { $0.key != "WebIdentityToken" }, connection: incoming.connection))

        let fault = fault(for: operation, key: key)
        var answer: Answer
        do throws(Refusal) {
            if operation.isKMS || operation.isSTS, operation != .assumeRoleWithWebIdentity {
                let signature = try FaultInjectingKMS.Signature(incoming.headers)
                guard signature.service == (operation.isSTS ? "sts" : "kms"), signature.region == region else {
                    throw Refusal("InvalidSignatureException", "Credential should be scoped to a valid region, not '\(signature.region)'.")
                }
                try checkSigner(signature.accessKeyID, token: incoming.headers["x-amz-security-token"])
            }
            if case .error(let refusal) = fault { throw refusal }
            if operation.isKMS {
                guard incoming.headers["content-type"] == "application/x-amz-json-1.1" else {
                    throw Refusal("UnknownOperationException", nil)
                }
                do {
                    answer = try self.answer(operation, fields)
                } catch {
                    throw error as? Refusal ?? Refusal("InternalFailure", "\(error)", status: 500)
                }
            } else if operation.isSTS {
                answer = try self.answer(operation, parameters: parameters, signer: signer?.accessKeyID)
            } else if operation == .unknown, incoming.method == "POST" {
                throw Refusal("UnknownOperationException", nil)
            } else {
                answer = self.answer(operation, path: incoming.path, headers: incoming.headers)
            }
        } catch {
            answer = operation.isSTS ? error.xml : error.json
        }
        requests[requests.count - 1].isGranted = answer.status == 200 && fault?.spares ?? true
        answer.date = clockOffset.map { Date() + $0 }
        return deliver(answer, fault, incoming)
    }

    private mutating func deliver(
        _ right: Answer, _ fault: FaultInjectingKMS.Fault?, _ incoming: FaultInjectingKMS.Incoming
    ) -> FaultInjectingKMS.Delivery {
        var answer = right
        switch fault {
        case nil, .error: break
        case .hang:
            held.append { incoming.send(right) }
            return .held(answer)
        case .delay(let duration): return .late(answer, duration)
        case .close: return .none
        case .half: return .half(answer)
        case .wrongKeyID(let arn): answer.edit { $0["KeyId"] = .string(arn) }
        case .wrongPlaintext(let bytes): answer.edit { $0["Plaintext"] = .string(Data(bytes).base64EncodedString()) }
        case .missingField(let name): answer.edit { $0[name] = nil }
        case .garbage: answer = Answer(body: "<<< this is not what you asked for")
        case .oversized(let count): answer.body += [UInt8](repeating: UInt8(ascii: " "), count: count)
        case .raw(let status, let body): answer = Answer(status: status, body: body)
        case .then(let action): upcoming.append(action)
        }
        return .whole(answer)
    }
}
