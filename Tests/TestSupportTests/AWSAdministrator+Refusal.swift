import JSONSchema
import TestSupport

extension AWSAdministrator {
    /// The owner of the fault-injecting KMS's account, or a role's session there.
    init(_ kms: FaultInjectingKMS, _ credentials: AWSCredentials = AWSCredentials(accessKeyID: "AKIATEST", secret: "secret")) {
        self.init(endpoint: kms.endpoint, region: kms.region, credentials: credentials)
    }

    /// The code of the error that a request is answered with; nil when it is granted.
    func refusal(_ operation: String, _ fields: [String: JSONValue]) async throws -> String? {
        do {
            try await kms(operation, fields)
            return nil
        } catch let refusal as AWSRefusal {
            return refusal.code
        }
    }
}
