import Foundation
import JSONSchema

/// What KMS answers.
extension FaultInjectingKMS.Account {
    typealias Operation = FaultInjectingKMS.Operation
    typealias Refusal = FaultInjectingKMS.Refusal
    typealias Answer = FaultInjectingKMS.Answer
    typealias Key = FaultInjectingKMS.Key

    func answer(_ operation: Operation, _ fields: [String: JSONValue]) throws -> Answer {
        switch operation {
        case .encrypt:
            let key = try usable(fields, "KeyId", operation)
            let blob = try key.current.seal(bytes(fields, "Plaintext", most: 4_096), key: key.id, context: context(fields))
            return Answer(fields: [
                "CiphertextBlob": .string(Data(blob).base64EncodedString()), "KeyId": .string(key.arn),
                "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            ])
        case .decrypt:
            let (key, material, plaintext) = try open(fields, naming: "KeyId", operation)
            var answer: [String: JSONValue] = [
                "Plaintext": .string(Data(plaintext).base64EncodedString()), "KeyId": .string(key.arn),
                "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            ]
            if tellsGenerations.contains(.decrypt) { answer["KeyMaterialId"] = .string(material) }
            return Answer(fields: answer)
        case .reEncrypt:
            let (source, _, plaintext) = try open(fields, naming: "SourceKeyId", operation)
            let key = try usable(fields, "DestinationKeyId", operation)
            let blob = try key.current.seal(plaintext, key: key.id, context: context(fields, "DestinationEncryptionContext"))
            return Answer(fields: [
                "CiphertextBlob": .string(Data(blob).base64EncodedString()), "KeyId": .string(key.arn), "SourceKeyId": .string(source.arn),
            ])
        case .describeKey:
            return Answer(fields: ["KeyMetadata": .object(metadata(try permitted(fields, "KeyId", operation)))])
        case .getKeyRotationStatus:
            return Answer(fields: try rotationStatus(of: permitted(fields, "KeyId", operation)))
        case .listKeyRotations:
            return Answer(fields: try rotations(of: permitted(fields, "KeyId", operation), fields))
        case .getKeyPolicy:
            _ = try permitted(fields, "KeyId", operation)
            return Answer(fields: ["Policy": "{}", "PolicyName": "default"])
        case .listGrants:
            _ = try permitted(fields, "KeyId", operation)
            return Answer(fields: ["Grants": [], "Truncated": false])
        default:
            throw Refusal("UnknownOperationException", nil)
        }
    }

    private func permitted(_ fields: [String: JSONValue], _ name: String, _ operation: Operation) throws -> Key {
        guard let named = fields[name]?.text, !named.isEmpty else {
            throw Refusal("ValidationException", "1 validation error detected: Value null at '\(name)' failed to satisfy constraint")
        }
        let key = try self.key(named: named)
        let context = try context(fields)
        let fits = ![.encrypt, .decrypt, .reEncrypt].contains(operation) || key.requiredContext.allSatisfy { context[$0.key] == $0.value }
        let isOurs = ![.getKeyPolicy, .listGrants].contains(operation) || key.allowedInAddition.contains(operation)
        guard isOurs, !key.denied.contains(operation), fits else {
            throw Refusal.accessDenied("kms:\(operation.rawValue)", on: key.arn)
        }
        return key
    }

    private func usable(_ fields: [String: JSONValue], _ name: String, _ operation: Operation) throws -> Key {
        let key = try permitted(fields, name, operation)
        if let refusal = key.refusal { throw refusal }
        guard key.usage == "ENCRYPT_DECRYPT" else {
            throw Refusal("InvalidKeyUsageException", "\(key.arn) key usage is \(key.usage) which is not valid for \(operation.rawValue).")
        }
        guard key.spec == "SYMMETRIC_DEFAULT" else {
            throw Refusal("InvalidKeyUsageException", "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec \(key.spec).")
        }
        return key
    }

    private func open(_ fields: [String: JSONValue], naming name: String, _ operation: Operation) throws -> (Key, String, [UInt8]) {
        let blob = try bytes(fields, "CiphertextBlob", most: 6_144)
        let origin = KeyMaterial.origin(of: blob)
        var fields = fields
        if fields[name] == nil, let origin { fields[name] = .string(origin.key) }
        guard fields[name] != nil else { throw Refusal("InvalidCiphertextException", nil) }
        let key = try usable(fields, name, operation)
        guard let origin else { throw Refusal("InvalidCiphertextException", nil) }
        guard origin.key == key.id else {
            throw Refusal("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
        }
        let context = try context(fields, operation == .reEncrypt ? "SourceEncryptionContext" : "EncryptionContext")
        guard let material = key.materials.first(where: { $0.id == origin.material }), let plaintext = material.open(blob, context: context)
        else { throw Refusal("InvalidCiphertextException", nil) }
        return (key, material.id, plaintext)
    }

    private func bytes(_ fields: [String: JSONValue], _ name: String, most: Int) throws -> [UInt8] {
        guard let text = fields[name]?.text, let data = Data(base64Encoded: text) else {
            throw Refusal("SerializationException", "'\(name)' is not base64")
        }
        guard (1...most).contains(data.count) else {
            throw Refusal("ValidationException", "1 validation error detected: Value at '\(name)' failed to satisfy constraint")
        }
        return Array(data)
    }

    func context(_ fields: [String: JSONValue], _ name: String = "EncryptionContext") throws -> [String: String] {
        try (fields[name]?.fields ?? [:]).mapValues { value in
            guard let text = value.text else { throw Refusal("SerializationException", "the encryption context holds no strings") }
            return text
        }
    }

    private func metadata(_ key: Key) -> [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "AWSAccountId": .string(FaultInjectingKMS.account), "KeyId": .string(key.id), "Arn": .string(key.arn),
            "CreationDate": .number(key.materials[0].createdAt.timeIntervalSince1970), "Enabled": .bool(key.state == .enabled),
            "Description": "", "KeyUsage": .string(key.usage), "KeyState": .string(key.state.rawValue), "Origin": .string(key.origin),
            "KeyManager": "CUSTOMER", "CustomerMasterKeySpec": .string(key.spec), "KeySpec": .string(key.spec), "MultiRegion": false,
        ]
        if key.usage == "ENCRYPT_DECRYPT" {
            fields["EncryptionAlgorithms"] = [key.spec == "SYMMETRIC_DEFAULT" ? "SYMMETRIC_DEFAULT" : "RSAES_OAEP_SHA_256"]
        }
        if let date = key.deletionDate { fields["DeletionDate"] = .number(date.timeIntervalSince1970) }
        if key.origin == "EXTERNAL" {
            fields["ExpirationModel"] = key.validTo == nil ? "KEY_MATERIAL_DOES_NOT_EXPIRE" : "KEY_MATERIAL_EXPIRES"
            if let date = key.validTo { fields["ValidTo"] = .number(date.timeIntervalSince1970) }
        }
        if ["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"].contains(key.origin) { fields["CustomKeyStoreId"] = "cks-1234567890abcdef0" }
        if tellsGenerations.contains(.describeKey), key.spec == "SYMMETRIC_DEFAULT" {
            fields["CurrentKeyMaterialId"] = .string(key.current.id)
        }
        return fields
    }
}
