/// AWS KMS as LocalStack plays it, without sign-in: key states, encryption context, import, rotation on demand.
///
/// It installs itself on first use, is started once for each test process, and ends with it.
package final class LocalStack: Sendable {
    /// Which LocalStack, by what it tells of the generations of a key.
    package enum Edition: String, CaseIterable, Sendable, CustomStringConvertible {
        /// 4.9.2, on Python 3.9 to 3.12: no key material id anywhere.
        case withoutGenerations = "4.9.2"
        /// 4.14.0, on Python 3.13 or later (it imports `warnings.deprecated`): `CurrentKeyMaterialId`, which changes on rotation.
        case withGenerations = "4.14.0"

        package var description: String { "LocalStack \(rawValue)" }

        fileprivate var python: Python? {
            let fitting: [Int] = self == .withGenerations ? [13, 14] : [11, 10, 9, 12]
            return fitting.lazy.compactMap { minor in Python.installed.first { $0.minor == minor } }.first
        }

        /// The editions that this machine's Pythons can run: the arguments of parameterised tests.
        ///
        /// Where no Python fits it holds one all the same, whose start then fails and says why: no test is skipped in silence.
        package static let runnable: [Edition] = {
            let fitting = allCases.filter { $0.python != nil }
            return fitting.isEmpty ? [.withoutGenerations] : fitting
        }()
    }

    package let edition: Edition
    /// `http://127.0.0.1:PORT`
    package var endpoint: String { emulator.endpoint }
    package let region = "us-east-1"
    package let account = "000000000000"
    /// Makes and changes keys, as their owner would.
    package let administrator: AWSAdministrator
    private let emulator: Emulator

    private static let started: [Edition: Task<LocalStack, any Error>] = Dictionary(
        uniqueKeysWithValues: Edition.runnable.map { edition in
            (edition, Task.detached { try await blocking { try LocalStack(edition) } })
        })

    /// The LocalStack of this test process.
    package static func shared(_ edition: Edition) async throws -> LocalStack {
        guard let task = started[edition] else { throw ProcessFailure("\(edition) cannot run with this machine's Pythons") }
        return try await task.value
    }

    private init(_ edition: Edition) throws {
        guard let python = edition.python else {
            throw ProcessFailure("\(edition) needs Python 3.9 or later with venv: install python3-venv")
        }
        let cache = try EmulatorCache()
        let environment = try cache.environment(
            named: "localstack-\(edition.rawValue)", python: python,
            packages: ["localstack-core[base-runtime]==\(edition.rawValue)", "cbor2<5.9", "pyopenssl==25.3.0", "cryptography<47"])
        let directory = try cache.runDirectory(for: "localstack-\(edition.rawValue)")
        self.edition = edition
        emulator = try Emulator(
            named: "\(edition)", in: directory, health: "/_localstack/health",
            command: ["\(environment)/bin/python", "-m", "localstack.runtime.main"]
        ) { address, _ in
            [
                // The default server binds every interface, whatever GATEWAY_LISTEN says.
                "GATEWAY_SERVER": "hypercorn", "GATEWAY_LISTEN": address, "LOCALSTACK_HOST": address, "SERVICES": "kms",
                "STRICT_SERVICE_LOADING": "1", "EAGER_SERVICE_LOADING": "0", "SKIP_SSL_CERT_DOWNLOAD": "1", "DISABLE_EVENTS": "1",
                "DNS_ADDRESS": "0", "FILESYSTEM_ROOT": directory, "HOME": directory, "TMPDIR": directory, "LS_LOG": "warning",
            ]
        }
        administrator = AWSAdministrator(
            endpoint: emulator.endpoint, region: "us-east-1", credentials: AWSCredentials(accessKeyID: "test", secret: "test"))
    }
}
