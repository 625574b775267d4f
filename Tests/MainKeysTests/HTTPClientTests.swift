import Bedrock
import KeyHierarchy
import Keyring
import Testing

@testable import MainKeys

@Suite("HTTP for a KMS") struct HTTPClientTests {
    private let clock = SystemBootClock()

    private func get(_ url: String, lane: String = "", timeout: Duration = .seconds(60)) throws -> HTTPRequest {
        HTTPRequest(.get, try HTTPURL(url), lane: lane, timeout: timeout)
    }

    private func text(_ response: HTTPResponse) -> String? { response.body.text(0..<response.body.count) }

    @Test("An answer comes back with its status and body, and when it was sent") func answers() async throws {
        let server = HTTPLoopbackServer { .answer(status: 418, "\($0.method) \($0.path) \($0.text)") }
        defer { server.stop() }
        let before = clock.now
        let request = HTTPRequest(.post, try HTTPURL("\(server.url)/a?b=c"), body: WipedBytes("hello"))
        let response = try await HTTPClient(clock: SystemBootClock()).send(request)
        #expect(response.status == 418)
        #expect(text(response) == "POST /a?b=c hello")
        #expect(response.sentAt >= before && response.sentAt <= clock.now)
    }

    @Test("Requests after each other share a connection") func keepsAlive() async throws {
        let server = HTTPLoopbackServer { .answer(status: 200, "\($0.connection)") }
        defer { server.stop() }
        let client = try HTTPClient(clock: SystemBootClock())
        for _ in 0..<5 { #expect(text(try await client.send(try get(server.url))) == "1") }
    }

    @Test("A redirect is an answer, and nobody follows it") func doesNotFollow() async throws {
        let server = HTTPLoopbackServer { _ in .raw("HTTP/1.1 302 X\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n") }
        defer { server.stop() }
        #expect(try await HTTPClient(clock: SystemBootClock()).send(try get(server.url)).status == 302)
        #expect(server.requests.count == 1)
    }

    @Test("No Expect header goes out, even with a large body") func sendsNoExpect() async throws {
        let server = HTTPLoopbackServer { .answer(status: 200, $0.headers["expect"] ?? "none") }
        defer { server.stop() }
        let request = HTTPRequest(.post, try HTTPURL(server.url), body: WipedBytes(String(repeating: "x", count: 8000)))
        #expect(text(try await HTTPClient(clock: SystemBootClock()).send(request)) == "none")
    }

    @Test("Plain http leaves this machine for nobody but a metadata service") func refusesPlainHTTP() async throws {
        for url in [
            "http://kms.eu-central-1.amazonaws.com/", "http://10.0.0.1/", "http://169.254.169.254/", "http://127.0.0.1.example.com/",
        ] {
            await #expect(throws: HTTPFailure(.invalidRequest, "")) {
                _ = try await HTTPClient(clock: SystemBootClock()).send(try get(url))
            }
        }
        var metadata = try get("http://169.254.169.254/")
        metadata.isMetadata = true
        #expect(throws: Never.self) { try metadata.check() }
        var elsewhere = try get("http://169.254.169.253/")
        elsewhere.isMetadata = true
        #expect(throws: HTTPFailure(.invalidRequest, "")) { try elsewhere.check() }
    }

    @Test(
        "A server that hangs ends in a time-out, an answer cut short is interrupted, one too long is refused",
        arguments: [
            ("hang", HTTPFailure.Code.timeout), ("half", .interrupted), ("none", .interrupted), ("long", .tooLarge),
        ]) func fails(_ path: String, _ code: HTTPFailure.Code) async throws
    {
        let server = HTTPLoopbackServer { request in
            switch request.path {
            case "/hang": .hang
            case "/half": .raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"KeyId\":")
            case "/none": .raw("")
            default: .answer(status: 200, String(repeating: "x", count: HTTPRequest.bodyLimit + 1))
            }
        }
        defer { server.stop() }
        await #expect(throws: HTTPFailure(code, "")) {
            _ = try await HTTPClient(clock: SystemBootClock()).send(
                try get("\(server.url)/\(path)", timeout: .milliseconds(path == "hang" ? 200 : 60_000)))
        }
    }

    @Test("An answer of exactly the limit is taken") func takesTheLimit() async throws {
        let server = HTTPLoopbackServer { _ in .answer(status: 200, String(repeating: "x", count: HTTPRequest.bodyLimit)) }
        defer { server.stop() }
        #expect(try await HTTPClient(clock: SystemBootClock()).send(try get(server.url)).body.count == HTTPRequest.bodyLimit)
    }

    @Test("A port where nobody listens is a connection that did not come about") func refused() async throws {
        let server = HTTPLoopbackServer { _ in .hang }
        server.stop()
        await #expect(throws: HTTPFailure(.connect, "")) { _ = try await HTTPClient(clock: SystemBootClock()).send(try get(server.url)) }
    }

    @Test("A cancelled task does not wait for its answer") func cancels() async throws {
        let server = HTTPLoopbackServer { _ in .hang }
        defer { server.stop() }
        let client = try HTTPClient(clock: SystemBootClock())
        let request = try get(server.url, timeout: .seconds(60))
        let task = Task { try await client.send(request) }
        while server.requests.isEmpty { await Task.yield() }
        task.cancel()
        await #expect(throws: HTTPFailure(.cancelled, "")) { _ = try await task.value }
    }

    @Test("A client that goes away ends what is under way") func stops() async throws {
        let server = HTTPLoopbackServer { _ in .hang }
        defer { server.stop() }
        let loop = try HTTPLoop.start(HTTPSettings(), clock: clock)
        let request = try get(server.url, timeout: .seconds(60))
        let deadline = clock.now.advanced(by: .seconds(60))
        let answer = Task {
            await withCheckedContinuation { continuation in
                loop.post(.send(id: 1, request, deadline: deadline) { continuation.resume(returning: $0) })
            }
        }
        while server.requests.isEmpty { await Task.yield() }
        loop.post(.stop)
        let result = await answer.value
        #expect(throws: HTTPFailure(.cancelled, "")) { try result.get() }
    }

    @Test("A hundred calls that hang delay none of a thousand to another host", .timeLimit(.minutes(5))) func hangingHost() async throws {
        let dead = HTTPLoopbackServer { _ in .hang }
        let alive = HTTPLoopbackServer { _ in .answer(status: 200, "{}") }
        defer {
            dead.stop()
            alive.stop()
        }
        let client = try HTTPClient(clock: SystemBootClock())
        let hanging = try (0..<100).map { try get(dead.url, lane: "\($0)", timeout: .seconds(600)) }
        let stuck = Task {
            await withTaskGroup { group in for request in hanging { group.addTask { _ = try? await client.send(request) } } }
        }
        while dead.requests.count < 100 { await Task.yield() }
        let requests = try (0..<1000).map { try get(alive.url, lane: "\($0 % 50)", timeout: .seconds(60)) }
        let start = ContinuousClock.now
        let answered = await withTaskGroup(of: Bool.self) { group in
            for request in requests { group.addTask { (try? await client.send(request))?.status == 200 } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answered == 1000)
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(dead.requests.count == 100)
        stuck.cancel()
        await stuck.value
    }

    @Test("Keys that hang behind one host leave room for the others") func hangingKeys() async throws {
        let server = HTTPLoopbackServer { $0.path == "/hang" ? .hang : .answer(status: 200, "") }
        defer { server.stop() }
        let client = try HTTPClient(clock: SystemBootClock())
        let hanging = try (0..<50).map { _ in try get("\(server.url)/hang", lane: "dead", timeout: .seconds(600)) }
        let stuck = Task {
            await withTaskGroup { group in for request in hanging { group.addTask { _ = try? await client.send(request) } } }
        }
        while server.requests.count < TransferQueue.Limits().perLane { await Task.yield() }
        #expect(try await client.send(try get(server.url, lane: "alive")).status == 200)
        #expect(server.requests.count == TransferQueue.Limits().perLane + 1)
        stuck.cancel()
        await stuck.value
    }

    @Test("A request that waits for its turn in vain times out") func waitsInVain() async throws {
        let server = HTTPLoopbackServer { _ in .hang }
        defer { server.stop() }
        let client = try HTTPClient(clock: SystemBootClock())
        let hanging = try (0..<TransferQueue.Limits().perLane).map { _ in try get(server.url, timeout: .seconds(600)) }
        let stuck = Task {
            await withTaskGroup { group in for request in hanging { group.addTask { _ = try? await client.send(request) } } }
        }
        while server.requests.count < hanging.count { await Task.yield() }
        await #expect(throws: HTTPFailure(.timeout, "")) { _ = try await client.send(try get(server.url, timeout: .milliseconds(50))) }
        stuck.cancel()
        await stuck.value
    }
}
