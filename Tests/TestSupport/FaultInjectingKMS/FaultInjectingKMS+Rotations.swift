import Foundation
import JSONSchema

/// What KMS tells of a key's rotations.
extension FaultInjectingKMS.Account {
    func rotationStatus(of key: Key) throws -> [String: JSONValue] {
        guard key.spec == "SYMMETRIC_DEFAULT" else { throw Refusal("UnsupportedOperationException", nil) }
        var fields: [String: JSONValue] = ["KeyRotationEnabled": .bool(key.rotationPeriod != nil), "KeyId": .string(key.arn)]
        if let days = key.rotationPeriod { fields["RotationPeriodInDays"] = .number(Double(days)) }
        if let next = key.nextRotation { fields["NextRotationDate"] = .number(next.timeIntervalSince1970) }
        return fields
    }

    func rotations(of key: Key, _ request: [String: JSONValue]) throws -> [String: JSONValue] {
        let all = request["IncludeKeyMaterial"]?.text == "ALL_KEY_MATERIAL"
        let materials = Array(key.materials.dropFirst(all ? 0 : 1))
        var limit = 100
        if case .number(let given)? = request["Limit"] { limit = Int(given) }
        guard (1...1_000).contains(limit) else { throw Refusal("ValidationException", "Limit is not between 1 and 1000") }
        let start = request["Marker"]?.text.map { Int($0) ?? -1 } ?? 0
        guard (0...materials.count).contains(start) else { throw Refusal("InvalidMarkerException", nil) }
        let page = materials[start..<min(start + limit, materials.count)]
        var fields: [String: JSONValue] = [
            "Rotations": .array(page.map { .object(entry($0, of: key)) }), "Truncated": .bool(page.endIndex < materials.count),
        ]
        if page.endIndex < materials.count { fields["NextMarker"] = .string("\(page.endIndex)") }
        return fields
    }

    private func entry(_ material: KeyMaterial, of key: Key) -> [String: JSONValue] {
        var entry: [String: JSONValue] = ["KeyId": .string(key.arn)]
        if let type = key.rotationTypes[material.id] {
            entry["RotationType"] = .string(type)
            entry["RotationDate"] = .number(material.createdAt.timeIntervalSince1970)
        }
        if tellsGenerations.contains(.listKeyRotations) {
            entry["KeyMaterialId"] = .string(material.id)
            entry["KeyMaterialState"] = material.id == key.current.id ? "CURRENT" : "NON_CURRENT"
        }
        return entry
    }
}
