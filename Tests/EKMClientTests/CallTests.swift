import EKMClient
import EKMWire
import Glibc
import Testing

@Suite("Calls", .timeLimit(.minutes(2)))
struct CallTests {
    @Test("An encryption comes back with the seconds left", arguments: Face.allCases, [0, 1, 256, 700_000])
    func encrypt(face: Face, count: Int) async throws {
        try await withDaemon { client in
            let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let encrypted = try await face.encrypt(plaintext, client)
            #expect(encrypted.ciphertext == plaintext.reversed())
            #expect(encrypted.secondsLeft == 300)
            let decrypted = try client.blocking.decrypt(encrypted.ciphertext).plaintext
            #expect(decrypted == plaintext)
        }
    }

    @Test("Answers that overtake each other find their callers")
    func outOfOrder() async throws {
        try await withDaemon { peer, _ in
            var requests: [FakePeer.Received] = []
            while requests.count < 50, let request = peer.next() { requests.append(request) }
            for request in requests.reversed() { peer.answerBackwards(request) }
            while peer.next() != nil {}
        } _: { client in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        let plaintext: [UInt8] = [UInt8(index), 1, 2]
                        return try await client.encrypt(plaintext, environment: "a/b", scope: .event).ciphertext == plaintext.reversed()
                    }
                }
                for try await right in group { #expect(right) }
            }
        }
    }

    @Test("Threads and tasks share one connection")
    func mixed() async throws {
        let connections = Counter()
        try await withDaemon { peer, _ in
            connections.add()
            peer.serveBackwards()
        } _: { client in
            let threads = (0..<4).map { thread in
                TestThread {
                    for round in 0..<200 {
                        let plaintext = [UInt8(thread), UInt8(round), 7]
                        let answer = try? client.blocking.encrypt(plaintext, environment: "a/b", scope: .log).ciphertext
                        guard answer == plaintext.reversed() else { return false }
                    }
                    return true
                }
            }
            await withTaskGroup(of: Bool.self) { group in
                for task in 0..<8 {
                    group.addTask {
                        for round in 0..<100 {
                            let plaintext = [UInt8(task), UInt8(round), 8, 9]
                            let answer = try? await client.encrypt(plaintext, environment: "a/b", scope: .log).ciphertext
                            guard answer == plaintext.reversed() else { return false }
                        }
                        return true
                    }
                }
                for await right in group { #expect(right) }
            }
            for thread in threads { #expect(thread.join()) }
        }
        #expect(connections.value == 1)
    }

    @Test("More than the socket holds is sent while answers are read", arguments: [40])
    func backpressure(count: Int) async throws {
        try await withDaemon { client in
            let plaintext = [UInt8](repeating: 5, count: 300_000)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<count {
                    group.addTask { try await client.encrypt(plaintext, environment: "a/b", scope: .log).ciphertext.count }
                }
                for try await size in group { #expect(size == plaintext.count) }
            }
            let threads = (0..<8).map { _ in
                TestThread {
                    (try? client.blocking.encrypt(plaintext, environment: "a/b", scope: .log).ciphertext.count) == plaintext.count
                }
            }
            for thread in threads { #expect(thread.join()) }
        }
    }

    @Test("What the daemon refuses comes back whole", arguments: Face.allCases)
    func refusal(face: Face) async throws {
        try await withDaemon { peer, _ in
            while let request = peer.next() {
                let error = WireError(
                    .restricted, "No.", remedy: "Ask.", verdict: .restricted, verdictAt: 5, reason: "AccessDeniedException")
                peer.fail(request, error, secondsLeft: SecondsLeft(seconds: 9))
            }
        } _: { client in
            let error = try #require(await failure { () async throws(EKMClientError) in try await face.encrypt([1], client) })
            #expect(error.code == .refused)
            #expect(error.refusal?.code == .restricted)
            #expect(error.refusal?.reason == "AccessDeniedException")
            #expect(error.refusal?.verdictAt == 5)
            #expect(error.secondsLeft == 9)
            #expect(error.exitCode == 69)
            #expect(error.name == "restricted")
            #expect("\(error)" == "No. The KMS says: AccessDeniedException Ask.")
        }
    }

    @Test("A request over a limit does not leave the client", arguments: Face.allCases)
    func invalid(face: Face) async throws {
        let daemonless = EKMClient(socketPath: "/nonexistent/s")
        let error = await failure { () async throws(EKMClientError) in
            try await daemonless.encrypt([], environment: "a/b", scope: .job(""))
        }
        #expect(error?.code == .invalidRequest)
        #expect(error?.exitCode == 64)
    }

    @Test("A lent data key comes with its wrapped form, and opens again")
    func dataKey() async throws {
        try await withDaemon { peer, _ in
            while let request = peer.next() {
                peer.answer(request, (request.header.operation == .generateDataKey ? [0, 0, 0, 2, 8, 9] : []) + [UInt8](1...32))
            }
        } _: { client in
            let lent = try await client.generateDataKey(environment: "a/b", scope: .job("1"))
            #expect(lent.wrapped == [8, 9])
            #expect(lent.secondsLeft == 300)
            let opened = try client.blocking.openDataKey(lent.wrapped, expecting: .job("1"))
            let key = opened.key.withBytes { (0..<$0.byteCount).map { _ in 0 }.count == 32 ? $0.array($0.byteOffsets) : [] }
            #expect(key == [UInt8](1...32))
            let root = try client.blocking.exportRootKey()
            let first = root.withBytes { $0.byte(at: 0) }
            #expect(first == 1)
        }
    }

    @Test("A key of another length than 32 bytes is refused", arguments: [0, 31, 33])
    func keyLength(count: Int) async throws {
        try await withDaemon { peer, _ in
            while let request = peer.next() { peer.answer(request, [UInt8](repeating: 1, count: count)) }
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await client.openDataKey([1]) }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("Reports are decoded, and what is none is refused")
    func reports() async throws {
        let report = DeletionReport(environment: "a/b", connectionKeys: 1, hourlyKeys: 2, logKeys: 1)
        let json = try ReportCoding.encode(report)
        try await withDaemon { peer, _ in
            while let request = peer.next() { peer.answer(request, request.header.operation == .deletionPreview ? json : [1]) }
        } _: { client in
            let preview = try await client.deletionPreview("a/b")
            #expect(preview == report)
            let error = await failure { () async throws(EKMClientError) in try await client.status() }
            #expect(error?.code == .protocolViolation)
        }
    }
}
