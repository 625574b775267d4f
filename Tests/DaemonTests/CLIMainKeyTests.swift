import TestSupport
import Testing

/// From the customer's KMS to the exit code: a daemon with the shortest time to live, and a KMS that changes its mind.
@Suite("ekmctl tells what the customer's KMS said")
struct CLIMainKeyTests {
    private func start(_ kms: FaultInjectingKMS) async throws -> CLI {
        try await CLI(
            settings: """
                cache: { ttl: 1s }
                kms: { poll_interval: 1s, timeout: 1s }
                aws: { region: \(kms.region), endpoint: "\(kms.endpoint)" }
                """, environments: [],
            environment: [
                "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_EC2_METADATA_DISABLED": "true",
            ])
    }

    /// Decrypts until the answer is `status`: the cache of the last success has to end first. Fails after ten seconds.
    private func decrypt(_ cli: CLI, _ ciphertext: [UInt8], until status: Int32) async throws -> Command {
        let end = ContinuousClock.now + .seconds(10)
        while true {
            let command = try await cli.decrypt(ciphertext)
            if command.ending == .exited(status) || ContinuousClock.now > end { return command }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test(
        "a key that is denied, disabled or silent has its exit code and words, and serves again by itself",
        arguments: [
            (FaultInjectingKMS.Fault.accessDenied("kms:Decrypt"), 69, "restricted", "kms:Decrypt"),
            (.disabled("the key"), 69, "revoked", "disabled"),
            (.wrongKeyID("arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000"), 69, "mismatched", "key"),
            (.internalException, 75, "unreachable", "KMSInternalException"),
            (.hang, 75, "unreachable", "time"),
        ] as [(FaultInjectingKMS.Fault, Int32, String, String)])
    func verdicts(_ fault: FaultInjectingKMS.Fault, _ status: Int32, _ verdict: String, _ word: String) async throws {
        let kms = try FaultInjectingKMS()
        let cli = try await start(kms)
        let key = kms.createKey()
        try await cli.succeed(["env", "create", "acme/prod", "--aws-kms", key])
        let ciphertext = try await cli.encrypt([1, 2, 3])
        kms.inject(.on(.decrypt), fault)

        let refused = try await decrypt(cli, ciphertext, until: status)
        #expect(refused.ending == .exited(status), "\(refused.errors)")
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains(verdict) && refused.errors.contains(word), "\(refused.errors)")
        #expect(refused.errors.contains(/since 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\n/), "\(refused.errors)")
        #expect(try await cli.succeed(["status"]).text.contains("1 \(verdict)"))

        kms.clearFaults()
        kms.release()
        let served = try await decrypt(cli, ciphertext, until: 0)
        #expect(served.output == [1, 2, 3], "\(served.errors)")
    }

    @Test("a key that cannot be used is refused at set-up, and nothing is made")
    func setUp() async throws {
        let kms = try FaultInjectingKMS()
        let cli = try await start(kms)
        let key = kms.createKey()
        kms.deny([.describeKey], on: key)
        let inaccessible = try await cli.run(["env", "create", "acme/prod", "--aws-kms", key])
        #expect(inaccessible.ending == .exited(69))
        #expect(inaccessible.errors.contains("Cannot access the provided key"), "\(inaccessible.errors)")
        kms.deny([.encrypt], on: key)
        let useless = try await cli.run(["env", "create", "acme/prod", "--aws-kms", key])
        #expect(useless.errors.contains("Could not encrypt data with the provided key"), "\(useless.errors)")
        #expect(try await cli.succeed(["env", "list", "--json"]).text.filter { !$0.isWhitespace } == "[]")
    }
}
