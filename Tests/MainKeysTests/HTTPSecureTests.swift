import Bedrock
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("HTTPS", .timeLimit(.minutes(5))) struct HTTPSecureTests {
    @Test("A certificate is trusted when its authority is, and only for its own name") func trust() async throws {
        let directory = try TemporaryDirectory()
        let (key, certificate) = (directory.file("key.pem"), directory.file("certificate.pem"))
        let made = try await Command.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost", "-days", "2", "-keyout", key, "-out", certificate,
        ])
        try #require(made.succeeded, "\(made.errors)")
        let port = try freeLoopbackPort()
        let server = try ChildProcess([
            "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-www", "-quiet",
        ])
        defer { server.stop(grace: .zero) }

        let trusting = try HTTPClient(settings: HTTPSettings(certificateAuthorities: certificate), clock: SystemBootClock())
        let request = HTTPRequest(
            .get, try HTTPURL("https://localhost:\(port)/"), connectTimeout: .seconds(60), timeout: .seconds(60))
        var status = 0
        for _ in 0..<200 where status == 0 {
            status = (try? await trusting.send(request))?.status ?? 0
            if status == 0 { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(status == 200)
        let body = try await trusting.send(request).body
        #expect(body.text(0..<body.count)?.contains("TLSv1.3") == true)

        var byAddress = request
        byAddress.url = try HTTPURL("https://127.0.0.1:\(port)/")
        let other = byAddress
        await #expect(throws: HTTPFailure(.tls, "")) { _ = try await HTTPClient(clock: SystemBootClock()).send(request) }
        await #expect(throws: HTTPFailure(.tls, "")) {
            _ = try await trusting.send(other)
        }
        let missing = try HTTPClient(settings: HTTPSettings(certificateAuthorities: directory.file("none.pem")), clock: SystemBootClock())
        await #expect(throws: HTTPFailure(.tls, "")) { _ = try await missing.send(request) }
    }
}
