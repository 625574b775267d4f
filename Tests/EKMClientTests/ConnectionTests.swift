import Bedrock
import EKMWire
import Glibc
import Testing

@testable import EKMClient

@Suite("Connections", .timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test("A call whose answer does not come ends at its deadline, and the late answer is discarded", arguments: Face.allCases)
    func deadline(face: Face) async throws {
        try await withDaemon { peer, _ in
            guard let late = peer.next(), let second = peer.next() else { return }
            peer.answerBackwards(late)
            peer.answerBackwards(second)
            peer.serveBackwards()
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in
                try await face.encrypt([1, 2], client, timeout: .milliseconds(30))
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(error?.exitCode == 75)
            let answer = try await face.encrypt([3, 4], client).ciphertext
            #expect(answer == [4, 3])
            let next = try await face.encrypt([5, 6], client).ciphertext
            #expect(next == [6, 5])
        }
    }

    @Test("A task with an earlier deadline than the one that waits already is not kept waiting")
    func earlierDeadline() async throws {
        let arrived = Gate()
        try await withDaemon { peer, _ in
            guard let first = peer.next() else { return }
            arrived.open()
            guard peer.next() != nil, peer.next() != nil else { return }
            peer.answer(first)
            peer.serveBackwards()
        } _: { client in
            async let waiting: Void = client.ping()
            await arrived.wait()
            let error = await failure { () async throws(EKMClientError) in try await client.ping(timeout: .milliseconds(30)) }
            #expect(error?.code == .deadlineExceeded)
            let thread = TestThread { (try? client.blocking.ping(timeout: .milliseconds(30))) == nil }
            #expect(thread.join())
            try await waiting
        }
    }

    @Test("A task that is cancelled stops waiting")
    func cancelled() async throws {
        let arrived = Gate()
        try await withDaemon { peer, _ in
            _ = peer.next()
            arrived.open()
            peer.serveBackwards()
        } _: { client in
            let task = Task { await failure { () async throws(EKMClientError) in try await client.ping() } }
            await arrived.wait()
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            let answer = try await client.encrypt([1, 2], environment: "a/b", scope: .log).ciphertext
            #expect(answer == [2, 1])
        }
    }

    @Test("A connection that broke while idle is made anew", arguments: Face.allCases)
    func reconnects(face: Face) async throws {
        try await withDaemon { peer, number in
            guard number == 0 else { return peer.serveBackwards() }
            if let request = peer.next() { peer.answerBackwards(request) }
        } _: { client in
            let answer = try await face.encrypt([1, 2], client).ciphertext
            #expect(answer == [2, 1])
            let next = try await face.encrypt([3, 4], client).ciphertext
            #expect(next == [4, 3])
        }
    }

    @Test("A request that was lost with its connection is sent once more where that does no harm", arguments: Face.allCases)
    func repeats(face: Face) async throws {
        try await withDaemon { peer, number in
            if number == 0 { _ = peer.next() } else { peer.serveBackwards() }
        } _: { client in
            let answer = try await face.encrypt([1, 2], client).ciphertext
            #expect(answer == [2, 1])
        }
    }

    @Test("A request that was lost twice fails", arguments: Face.allCases)
    func lostTwice(face: Face) async throws {
        let connections = Counter()
        try await withDaemon { peer, _ in
            connections.add()
            _ = peer.next()
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await face.ping(client) }
            #expect(error?.code == .connectionLost)
        }
        #expect(connections.value == 2)
    }

    @Test("A creation that was sent is not sent again", arguments: Face.allCases)
    func notRepeated(face: Face) async throws {
        let creations = Counter()
        try await withDaemon { peer, _ in
            while let request = peer.next() {
                guard request.header.operation != .createEnvironment else {
                    creations.add()
                    return
                }
                peer.answer(request)
            }
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await face.create(client) }
            #expect(error?.code == .connectionLost)
            try await face.ping(client)
        }
        #expect(creations.value == 1)
    }

    @Test("A daemon that stops sending but still reads is a lost connection", arguments: Face.allCases)
    func halfClosed(face: Face) async throws {
        try await withDaemon { peer, number in
            guard number < 2 else { return peer.serveBackwards() }
            _ = peer.next()
            shutdown(peer.descriptor, Int32(SHUT_WR))
            while peer.next() != nil {}
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await face.ping(client) }
            #expect(error?.code == .connectionLost)
            try await face.ping(client)
        }
    }

    @Test(
        "What is no answer ends the connection",
        arguments: [
            "7FFFFFFF", "00000004 00000000", "00000008 0002 0000 00000002", "0000000E 0003 8000 00000002 0000 FFFFFFFF",
            "0000000E 0002 8000 00000000 0001 FFFFFFFF",
        ], Face.allCases)
    func violations(hex: String, face: Face) async throws {
        let bytes = try #require(Hex.bytes(of: hex.filter { $0 != " " }.lowercased()))
        try await withDaemon { peer, number in
            guard number == 0 else { return peer.serveBackwards() }
            guard peer.nextRaw() != nil, let request = peer.nextRaw() else { return }
            // The id of the request, where the frame names the second.
            var frame = bytes
            if frame.count >= 12, frame[11] == 2 { frame[11] = UInt8(truncatingIfNeeded: request.header.requestID) }
            peer.send(frame)
            while peer.nextRaw() != nil {}
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await face.ping(client) }
            #expect(error?.code == .protocolViolation)
            try await face.ping(client)
        }
    }

    @Test("An answer over the client's limit is refused")
    func oversized() async throws {
        try await withDaemon(options: ClientOptions(timeout: .seconds(20), largestAnswer: 1000)) { client in
            let count = try client.blocking.encrypt([UInt8](repeating: 1, count: 900), environment: "a/b", scope: .log).ciphertext.count
            #expect(count == 900)
            let error = await failure { () async throws(EKMClientError) in
                try client.blocking.encrypt([UInt8](repeating: 1, count: 1000), environment: "a/b", scope: .log)
            }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("A daemon that refuses the hello is heard", arguments: Face.allCases)
    func helloRefused(face: Face) async throws {
        try await withDaemon { peer, _ in
            guard let hello = peer.nextRaw() else { return }
            peer.fail(hello, WireError(.unsupportedVersion, "Too old."))
            while peer.nextRaw() != nil {}
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await face.ping(client) }
            #expect(error?.refusal?.code == .unsupportedVersion)
        }
    }

    @Test("A daemon that has no room for the connection is heard, though it reads nothing", arguments: Face.allCases)
    func noRoom(face: Face) async throws {
        try await withDaemon { peer, _ in
            var bytes: [UInt8] = []
            let nobody = FrameHeader(operation: Operation(rawValue: 0), requestID: 0)
            Answer.appendFailure(to: nobody, error: WireError(.limitReached, "Full."), into: &bytes)
            peer.send(bytes)
        } _: { client in
            let error = await failure { () async throws(EKMClientError) in try await face.ping(client) }
            #expect(error?.refusal?.code == .limitReached)
            #expect(error?.exitCode == 75)
        }
    }

    @Test("Closing the client ends the calls that wait")
    func close() async throws {
        let arrived = Gate()
        try await withDaemon { peer, _ in
            _ = peer.next()
            _ = peer.next()
            arrived.open()
            while peer.next() != nil {}
        } _: { client in
            let task = Task { await failure { () async throws(EKMClientError) in try await client.ping() } }
            let thread = TestThread {
                do throws(EKMClientError) {
                    try client.blocking.ping()
                    return false
                } catch { return error.code == .closed }
            }
            await arrived.wait()
            client.close()
            #expect(await task.value?.code == .closed)
            #expect(thread.join())
            let later = await failure { () async throws(EKMClientError) in try await client.ping() }
            #expect(later?.code == .closed)
        }
    }

    @Test("Where there is no daemon, the error says what to do")
    func noDaemon() async throws {
        let missing = await failure { () async throws(EKMClientError) in try EKMClient(socketPath: "/nonexistent/s").blocking.ping() }
        #expect(missing?.code == .noDaemon)
        #expect(missing?.description.contains("EKM_SOCKET") == true)
        #expect(missing?.exitCode == 69)
        let long = String(repeating: "x", count: 200)
        let tooLong = await failure { () async throws(EKMClientError) in try EKMClient(socketPath: long).blocking.ping() }
        #expect(tooLong?.code == .connectionFailed)
        #expect(EKMClientError.connecting(to: "/tmp", EACCES).code == .permissionDenied)
        #expect(EKMClientError.connecting(to: "/tmp", EACCES).remedy == "Join the group root.")
        #expect(EKMClientError.connecting(to: "/x", ECONNREFUSED).code == .noDaemon)
    }

    @Test("The socket is found in the order that is documented")
    func socketPath() {
        let variables = ["EKM_SOCKET": "/a", "XDG_RUNTIME_DIR": "/run/user/1"]
        func path(_ variables: [String: String], user: UInt32 = 0, exists: Bool = true, isOwn: Bool = true) -> String {
            SocketPath.resolve({ variables[$0] }, user: user, exists: { _ in exists }, isOwn: { _ in isOwn })
        }
        #expect(path(variables) == "/a")
        let runtime = ["XDG_RUNTIME_DIR": "/run/user/1"]
        #expect(path(runtime) == "/run/user/1/ekmd/ekmd.sock")
        #expect(path(runtime, user: 1, exists: false) == "/run/ekmd/ekmd.sock")
        #expect(path(runtime, isOwn: false) == "/run/ekmd/ekmd.sock", "another user's, left by su")
        #expect(path([:], user: 1) == "/tmp/ekmd-1/ekmd.sock")
        #expect(path([:], user: 1, isOwn: false) == "/run/ekmd/ekmd.sock", "somebody else's directory")
        #expect(path([:], user: 1, exists: false) == "/run/ekmd/ekmd.sock")
        #expect(path([:]) == "/run/ekmd/ekmd.sock")
    }
}
