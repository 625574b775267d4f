import EKMClient
import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("Signals to the daemon")
struct DaemonSignalTests {
    @Test("SIGTERM and SIGINT end it with 0 within 5 seconds, and its socket is gone", arguments: [SIGTERM, SIGINT])
    func stops(signal: Int32) async throws {
        let daemon = try await DaemonFixture.start()
        try await EKMClient(socketPath: daemon.socket).ping()
        daemon.process.signal(signal)
        #expect(try await daemon.process.wait(timeout: .seconds(5)) == .exited(0))
        #expect(daemon.manager.count(of: "STOPPING=1") == 1)
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
    }

    @Test("A second SIGTERM makes nothing worse")
    func stopsTwice() async throws {
        let daemon = try await DaemonFixture.start()
        daemon.process.signal(SIGTERM)
        daemon.process.signal(SIGTERM)
        daemon.process.signal(SIGINT)
        #expect(try await daemon.process.wait(timeout: .seconds(5)) == .exited(0))
    }

    @Test("Requests that were sent before SIGTERM are all answered, though their keys must be fetched first")
    func answersInFlight() async throws {
        let first = try await DaemonFixture.start()
        _ = try await EKMClient(socketPath: first.socket).createEnvironment("acme/prod")
        #expect(try await first.stop() == .exited(0))

        let daemon = try await DaemonFixture.start(in: first.directory)
        let connection = try RawConnection(to: daemon.socket)
        var bytes: [UInt8] = []
        try HelloRequest(client: "test").encode(into: &bytes, requestID: 1)
        let plaintext = [UInt8](repeating: 1, count: 1000)
        for id in UInt32(2)...65 {
            let request = EncryptRequest(environment: "acme/prod", scope: .job("\(id)"))
            try request.encode(plaintext: plaintext.span.bytes, into: &bytes, requestID: id)
        }
        try connection.send(bytes)
        daemon.process.signal(SIGTERM)
        let answers = try await blocking { connection.receiveAll() }
        var ids: Set<UInt32> = []
        var start = 0
        while case .complete(let end) = Frame.scan(answers.span.bytes, at: start) {
            let answer = try AnswerView(parsing: answers.span.bytes, from: start, to: end)
            #expect(answer.status == 0)
            ids.insert(answer.header.requestID)
            start = end
        }
        #expect(start == answers.count)
        #expect(ids == Set(1...65))
        #expect(try await daemon.process.wait(timeout: .seconds(5)) == .exited(0))
    }

    @Test("A KMS that hangs does not hold up the end")
    func stopsWithHangingKMS() async throws {
        let kms = try SilentServer()
        let daemon = try await DaemonFixture.start(
            settings: "aws: { region: eu-central-1, endpoint: \"http://127.0.0.1:\(kms.port)\" }\nkms: { timeout: 60s }",
            environment: ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"])
        let client = EKMClient(socketPath: daemon.socket)
        let hanging = Task {
            try await client.createEnvironment(
                "acme/prod",
                mainKey: .kms(.init(kind: "aws-kms", key: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"))
            )
        }
        try await blocking { try kms.waitForClient() }
        // Others are served meanwhile.
        _ = try await client.createEnvironment("acme/dev", timeout: .seconds(5))
        daemon.process.signal(SIGTERM)
        #expect(try await daemon.process.wait(timeout: .seconds(5)) == .exited(0))
        client.close()
        await #expect(throws: EKMClientError.self) { try await hanging.value }
    }

    @Test("A client that sends half a frame, and one that reads nothing, do not hold up the end")
    func stopsWithHalfFrame() async throws {
        let daemon = try await DaemonFixture.start()
        let half = try RawConnection(to: daemon.socket)
        try half.send([0, 0, 0, 40, 1])
        let idle = try RawConnection(to: daemon.socket)
        daemon.process.signal(SIGTERM)
        #expect(try await daemon.process.wait(timeout: .seconds(5)) == .exited(0))
        withExtendedLifetime((half, idle)) {}
    }

    @Test("SIGHUP puts a changed configuration into effect: grants, and the log's level")
    func reloads() async throws {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        _ = try await client.createEnvironment("acme/prod")
        #expect(!daemon.log.contains("debug"))
        try daemon.write(
            settings: "grants: [{ user: \(geteuid()), environments: ['acme/*'], allow: [encrypt] }]\nlog: { level: debug }")
        try await daemon.reload()
        _ = try await client.encrypt([1], environment: "acme/prod", scope: .log)
        let refused = await #expect(throws: EKMClientError.self) { try await client.listEnvironments() }
        #expect(refused?.name == "not-granted")
        let reloading = try #require(daemon.manager.messages.first { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") })
        #expect(UInt64(reloading.split(separator: "=").last ?? "") != nil)
        // With grants, others may connect and are asked for theirs.
        let mode = try FileManager.default.attributesOfItem(atPath: daemon.socket)[.posixPermissions] as? Int
        #expect(mode == 0o666)
        try daemon.write(settings: "log: { level: info }")
        try await daemon.reload()
        _ = try await client.listEnvironments()
    }

    @Test("SIGHUP with a wrong configuration keeps the old one, and says what is wrong and where")
    func reloadsWrong() async throws {
        let daemon = try await DaemonFixture.start()
        let client = EKMClient(socketPath: daemon.socket)
        try daemon.write(settings: "grants: []\nlgo: { level: debug }")
        try await daemon.reload()
        #expect(daemon.log.contains("\(daemon.configuration):5:1: unknown key 'lgo' at the top of the file"))
        #expect(daemon.log.contains("the old one stays in effect"))
        _ = try await client.listEnvironments()
        let warnings = try await client.status().warnings
        #expect(warnings.contains { $0.contains("the old one is in effect") })
        #expect(daemon.manager.status == "no environments yet; 1 warning, see the log")
        try daemon.write(settings: "")
        try await daemon.reload()
        #expect(try await client.status().warnings.isEmpty)
    }

    @Test("What cannot change while running is named, and stays")
    func reloadsFixed() async throws {
        let daemon = try await DaemonFixture.start()
        let text = """
            socket: \(daemon.directory.file("other.sock"))
            state: \(daemon.state)
            root_key: { file: \(daemon.rootKey) }
            limits: { connections: 3 }

            """
        try text.write(toFile: daemon.configuration, atomically: true, encoding: .utf8)
        try await daemon.reload()
        #expect(daemon.log.contains("'socket' was changed, which takes effect at the next start only"))
        #expect(daemon.log.contains("'limits' was changed, which takes effect at the next start only"))
        try await EKMClient(socketPath: daemon.socket).ping()
    }
}
