import EKMWire
import Foundation
import TestSupport
import Testing

/// A customer names a key before granting it.
@Suite("ekmctl key replace --when-granted")
struct CLIGrantTests {
    private let kms: FaultInjectingKMS
    private let cli: CLI
    private let wanted: String

    init() async throws {
        kms = try FaultInjectingKMS()
        cli = try await CLI(
            settings: """
                kms: { poll_interval: 1s, timeout: 1s }
                aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
                """, environment: BoundKMS.credentials)
        wanted = kms.createKey()
        kms.deny([.encrypt, .decrypt, .describeKey], on: wanted)
    }

    private func key() async throws -> KeyReport {
        try JSONDecoder().decode(KeyReport.self, from: Data(try await cli.succeed(["key", "show", "acme/prod", "--json"]).output))
    }

    @Test("waits, says so, and completes by itself once the key is granted")
    func granted() async throws {
        let ciphertext = try await cli.encrypt([1])
        let denied = try await cli.run(["key", "replace", "acme/prod", "--aws-kms", wanted])
        #expect(denied.ending == .exited(69), "\(denied.errors)")
        let registered = try await cli.succeed(["key", "replace", "acme/prod", "--aws-kms", wanted, "--when-granted"]).text
        #expect(registered.contains("once the customer has granted it"), "\(registered)")
        let shown = try await cli.succeed(["key", "show", "acme/prod"]).text
        #expect(shown.contains("pending       ") && shown.contains(wanted) && shown.contains("cancel-pending acme/prod"), "\(shown)")
        #expect(try await key().mainKey.kind == "managed")
        #expect(try await cli.decrypt(ciphertext).output == [1])

        kms.deny([], on: wanted)
        let end = ContinuousClock.now + .seconds(15)
        while try await key().mainKey.kind == "managed" {
            try #require(ContinuousClock.now < end, "the replacement does not complete")
            try await Task.sleep(for: .milliseconds(50))
        }
        let completed = try await key()
        #expect(completed.mainKey.reference == wanted && completed.pending == nil && completed.replacement.allowedFrom != nil)
        #expect(try await cli.decrypt(ciphertext).output == [1])
        #expect(try await cli.decrypt(cli.encrypt([2])).output == [2])
    }

    @Test("can be withdrawn")
    func withdrawn() async throws {
        try await cli.succeed(["key", "replace", "acme/prod", "--aws-kms", wanted, "--when-granted"])
        let text = try await cli.succeed(["key", "cancel-pending", "acme/prod"]).text
        #expect(!text.isEmpty)
        #expect(try await key().pending == nil)
        kms.deny([], on: wanted)
        #expect(try await cli.run(["key", "cancel-pending", "acme/prod"]).ending == .exited(64))
        #expect(try await key().mainKey.kind == "managed")
    }

    @Test("is for keys in a KMS alone")
    func kinds() async throws {
        let refused = try await cli.run(["key", "replace", "acme/prod", "--managed", "--when-granted"])
        #expect(refused.ending == .exited(64), "\(refused.errors)")
    }
}
