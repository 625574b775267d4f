internal import KeyHierarchy

extension KMSClient {
    /// What ekmd never asks for in its work, and a policy as narrow as it should be denies. Both only read.
    enum SurplusOperation: String, CaseIterable {
        case getKeyPolicy = "GetKeyPolicy"
        case listGrants = "ListGrants"
    }

    /// Whether the key's policy allows it; nil where the answer does not tell.
    func allows(_ operation: SurplusOperation, key: String) async -> Bool? {
        var body = JSONBody()
        body.add("KeyId", key)
        switch operation {
        case .getKeyPolicy: body.add("PolicyName", "default")
        case .listGrants: body.add("Limit", 1)
        }
        do throws(AWSFailure) {
            _ = try await call(operation.rawValue, key: key, body.finish())
            return true
        } catch {
            return error.isDenied ? false : nil
        }
    }
}
