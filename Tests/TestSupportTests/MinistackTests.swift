import JSONSchema
import TestSupport
import Testing

@Suite("ministack checks who signs")
struct MinistackTests {
    @Test("A session of a role, taken with its external id, may do what the role may; nobody else may")
    func roles() async throws {
        let root = try await Ministack.shared().administrator
        let key = try await root.createKey()
        let user = try await root.createUser("support-tests-user", policy: policy("sts:AssumeRole", on: "*"))
        let trust = """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\(user.arn)"},"Action":"sts:AssumeRole",\
            "Condition":{"StringEquals":{"sts:ExternalId":"right"}}}]}
            """
        let role = try await root.createRole("support-tests-role", trust: trust, policy: policy("kms:Encrypt", on: key))
        let stranger = root.with(user.credentials)
        await #expect(throws: AWSRefusal.self) { _ = try await stranger.assumeRole(role) }
        var session = try await stranger.assumeRole(role, externalID: "right")
        let request: [String: JSONValue] = ["KeyId": .string(key), "Plaintext": "aGVsbG8="]
        #expect(try await root.with(session).refusal("Encrypt", request) == nil)
        #expect(try await stranger.refusal("Encrypt", request) == "AccessDeniedException")
        session.secret = "wrong"
        #expect(try await root.with(session).refusal("Encrypt", request) == "InvalidSignatureException")
    }

    private func policy(_ action: String, on resource: String) -> String {
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"\#(action)","Resource":"\#(resource)"}]}"#
    }
}
