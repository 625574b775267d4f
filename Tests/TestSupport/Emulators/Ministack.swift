/// AWS KMS, STS and IAM as ministack plays them: it checks signatures, session tokens, external ids and key policies.
///
/// Its ciphertexts are not authenticated, so it is also a KMS that lies. It installs itself on first use, is started once for each
/// test process, and ends with it.
package final class Ministack: Sendable {
    /// `http://127.0.0.1:PORT`
    package var endpoint: String { emulator.endpoint }
    package let region = "us-east-1"
    package let account = "123456789012"
    /// Makes keys, roles and users as the account's root, whose signatures are not checked.
    package let administrator: AWSAdministrator
    private let emulator: Emulator

    private static let started = Task.detached { try await blocking { try Ministack() } }

    /// The ministack of this test process.
    package static func shared() async throws -> Ministack {
        try await started.value
    }

    private init() throws {
        guard let python = Python.installed.first(where: { $0.minor >= 10 }) else {
            throw ProcessFailure("ministack needs Python 3.10 or later with venv: install python3-venv")
        }
        let cache = try EmulatorCache()
        let environment = try cache.environment(named: "ministack-1.5.33", python: python, packages: ["ministack==1.5.33"])
        let directory = try cache.runDirectory(for: "ministack")
        let account = account
        emulator = try Emulator(
            named: "ministack", in: directory, health: "/_ministack/health",
            command: ["\(environment)/bin/python", "-m", "ministack"]
        ) { _, port in
            [
                "BIND_HOST": "127.0.0.1", "GATEWAY_PORT": "\(port)", "AUTH": "true", "SERVICES": "kms,sts,iam", "LOG_LEVEL": "WARNING",
                "TMPDIR": directory, "HOME": directory, "DOCKER_HOST": "unix:///nonexistent", "MINISTACK_ACCOUNT_ID": account,
                "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0",
            ]
        }
        administrator = AWSAdministrator(
            endpoint: emulator.endpoint, region: "us-east-1", credentials: AWSCredentials(accessKeyID: "test", secret: "test"))
    }
}
