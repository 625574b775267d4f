import Foundation
import JSONSchema
import TestSupport
import Testing

@Suite("The fault-injecting KMS answers as an emulator of AWS KMS does")
struct SameAnswersTests {
    @Test("States, contexts and keys are told alike", arguments: EmulatedKMS.all)
    func sameAnswers(_ kind: EmulatedKMS) async throws {
        let fake = try FaultInjectingKMS()
        let administrator: AWSAdministrator
        let key: String
        let other: String
        switch kind {
        case .faultInjecting:
            administrator = AWSAdministrator(fake)
            (key, other) = (fake.createKey(), fake.createKey())
        case .localStack(let edition):
            administrator = try await LocalStack.shared(edition).administrator
            (key, other) = (try await administrator.createKey(), try await administrator.createKey())
        }
        let sealed = try await administrator.kms(
            "Encrypt", ["KeyId": .string(key), "Plaintext": "aGVsbG8=", "EncryptionContext": ["a": "b"]])
        let blob = try #require(sealed["CiphertextBlob"])
        #expect(sealed["KeyId"]?.text == key)
        var right: [String: JSONValue] = ["KeyId": .string(key), "CiphertextBlob": blob, "EncryptionContext": ["a": "b"]]
        #expect(try await administrator.kms("Decrypt", right)["Plaintext"]?.text == "aGVsbG8=")

        var wrong = right
        wrong["EncryptionContext"] = ["a": "c"]
        #expect(try await administrator.refusal("Decrypt", wrong) == "InvalidCiphertextException")
        wrong["EncryptionContext"] = nil
        #expect(try await administrator.refusal("Decrypt", wrong) == "InvalidCiphertextException")
        wrong = right
        wrong["KeyId"] = .string(other)
        #expect(try await administrator.refusal("Decrypt", wrong) == "IncorrectKeyException")
        wrong["KeyId"] = .string(String(key.dropLast(8)) + "00000000")
        #expect(try await administrator.refusal("Decrypt", wrong) == "NotFoundException")
        var bytes = try #require(blob.text.flatMap { Data(base64Encoded: $0) })
        bytes[bytes.count - 1] ^= 1
        wrong = right
        wrong["CiphertextBlob"] = .string(bytes.base64EncodedString())
        #expect(try await administrator.refusal("Decrypt", wrong) == "InvalidCiphertextException")

        for (state, expected) in [("disable", "DisabledException"), ("enable", nil), ("delete", "KMSInvalidStateException")] {
            switch (kind, state) {
            case (.faultInjecting, "disable"): fake.setState(.disabled, of: key)
            case (.faultInjecting, "enable"): fake.setState(.enabled, of: key)
            case (.faultInjecting, _): fake.setState(.pendingDeletion, of: key)
            case (_, "disable"): try await administrator.disableKey(key)
            case (_, "enable"): try await administrator.enableKey(key)
            default: try await administrator.scheduleDeletion(of: key)
            }
            #expect(try await administrator.refusal("Decrypt", right) == expected)
        }
        let metadata = try await administrator.kms("DescribeKey", ["KeyId": .string(key)])["KeyMetadata"]?.fields
        #expect(metadata?["KeyState"]?.text == "PendingDeletion")
        #expect(metadata?["DeletionDate"] != nil)
        right["KeyId"] = nil
        #expect(try await administrator.refusal("Decrypt", right) == "KMSInvalidStateException")
    }
}
