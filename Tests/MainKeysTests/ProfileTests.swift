import Bedrock
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("A profile of AWS's files is that profile, or nobody's")
struct ProfileTests {
    private static let whole = "[ekm]\naws_access_key_id = AKID\naws_secret_access_key = secret\n"

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.file("credentials") }

    private func write(_ text: String) throws {
        let file = try #require(fopen(path, "w"))
        fputs(text, file)
        fclose(file)
    }

    /// As if the file had been written long ago.
    private func settle() {
        var times = [timeval(tv_sec: 1_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000, tv_usec: 0)]
        #expect(utimes(path, &times) == 0)
    }

    /// Credentials are to come from a profile; the instance would give its role to who asks.
    private func withChain(
        named: Bool = true, _ body: (AWSCredentialChain) async throws -> Void
    ) async throws {
        let instance = HTTPLoopbackServer { request in
            request.path.hasSuffix("security-credentials/")
                ? .answer(status: 200, "role")
                : .answer(status: 200, #"{"Code":"Success","AccessKeyId":"INSTANCE","SecretAccessKey":"s","Token":"t"}"#)
        }
        defer { instance.stop() }
        try write(named ? Self.whole : Self.whole.replacing("[ekm]", with: "[default]"))
        let environment = [
            "HOME": directory.path, "AWS_SHARED_CREDENTIALS_FILE": path, "AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.url,
        ]
        let configuration = try AWSConfiguration(
            settings: AWSSettings(profile: named ? "ekm" : nil, timeout: .seconds(30)), environment: environment)
        let exchange = AWSExchange(http: try HTTPClient(clock: SystemBootClock()), clock: SystemBootClock())
        let chain = AWSCredentialChain(exchange: exchange, configuration: configuration, wallClock: ManualWallClock())
        #expect(try await chain.fetch().accessKeyID == "AKID")
        try await body(chain)
        try write(named ? Self.whole : Self.whole.replacing("[ekm]", with: "[default]"))
        #expect(try await chain.fetch().accessKeyID == "AKID", "what returns is taken again")
    }

    @Test(
        "Gone for a moment or half written, it is unreachable: neither the instance's role nor a denial",
        arguments: [
            nil, "", "[ek", "[other]\nregion = x\n",
            "[ekm]\n", "[ekm]\nregion = x\n", "[ekm]\naws_access_key_id = AKID\n", "[ekm]\naws_acc",
            "[ekm]\nrole_arn = arn:r\n",
        ])
    func named(_ text: String?) async throws {
        try await withChain { chain in
            if let text { try write(text) } else { #expect(unlink(path) == 0) }
            let error = await #expect(throws: AWSCredentialsError.self) { _ = try await chain.fetch() }
            #expect(error?.verdict == .unreachable)
        }
    }

    @Test("One that nobody names, but that gave credentials, does not become the instance's role either")
    func unnamed() async throws {
        try await withChain(named: false) { chain in
            #expect(unlink(path) == 0)
            let error = await #expect(throws: AWSCredentialsError.self) { _ = try await chain.fetch() }
            #expect(error?.verdict == .unreachable)
        }
    }

    @Test("A secret that is refused while its file is being written is no denial; one that has stood there is")
    func halfASecret() async throws {
        let fixture = try AWSKMSFixture()
        fixture.kms.refuseCredentials("AKIDHALF")
        try write("[ekm]\naws_access_key_id = AKIDHALF\naws_secret_access_key = hal")
        let session = try AWSSession(
            settings: AWSSettings(
                region: fixture.kms.region, endpoint: fixture.kms.endpoint, profile: "ekm", timeout: .seconds(20)),
            environment: ["HOME": directory.path, "AWS_SHARED_CREDENTIALS_FILE": path], clock: SystemBootClock(),
            wallClock: SystemWallClock())
        let key = AWSKMSMainKey(reference: MainKeyReference(kind: .awsKMS, identifier: fixture.key), session: session)
        func verdict() async -> Verdict? {
            do throws(MainKeyFailure) {
                _ = try await key.probe(for: fixture.environment)
                return nil
            } catch { return error.verdict }
        }
        #expect(await verdict() == .unreachable)
        settle()
        #expect(await verdict() == .restricted)
        try write("[ekm]\naws_access_key_id = AKIDWHOLE\naws_secret_access_key = half a secret\n")
        #expect(await verdict() == nil)
    }
}
