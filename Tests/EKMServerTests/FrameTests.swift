import EKMServer
import EKMWire
import Testing

@Suite("Frames that are wrong")
struct FrameTests {
    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        let code: ErrorCode
        var id: UInt32 = 9
    }

    static let wrong: [Wrong] = [
        Wrong(testDescription: "shorter than its header", bytes: [0, 0, 0, 7, 0, 2, 0, 0, 0, 0, 9], code: .malformedFrame, id: 0),
        Wrong(testDescription: "empty", bytes: [0, 0, 0, 0], code: .malformedFrame, id: 0),
        Wrong(testDescription: "an unknown operation", bytes: Requests.raw(999, id: 9), code: .unknownOperation),
        Wrong(testDescription: "operation 0", bytes: Requests.raw(0, id: 9), code: .unknownOperation),
        Wrong(testDescription: "unknown flags", bytes: Requests.raw(2, flags: 1, id: 9), code: .malformedFrame),
        Wrong(testDescription: "an answer", bytes: Requests.raw(2, flags: 0x8000, id: 9), code: .malformedFrame),
        Wrong(testDescription: "a ping with fields", bytes: Requests.raw(2, id: 9, fields: [1]), code: .malformedField),
        Wrong(testDescription: "an encrypt without fields", bytes: Requests.raw(3, id: 9), code: .malformedField),
        Wrong(testDescription: "a name past the end", bytes: Requests.raw(3, id: 9, fields: [200, 97]), code: .malformedField),
        Wrong(
            testDescription: "a name that is not UTF-8", bytes: Requests.raw(3, id: 9, fields: [1, 0xff, 3, 0, 0]), code: .malformedField),
        Wrong(testDescription: "a name that is none", bytes: Requests.raw(3, id: 9, fields: [1, 97, 3, 0, 0]), code: .invalidName),
        Wrong(testDescription: "scope 5", bytes: Requests.raw(3, id: 9, fields: [3, 97, 47, 98, 5, 0, 0]), code: .malformedField),
        Wrong(
            testDescription: "a job without an id", bytes: Requests.raw(3, id: 9, fields: [3, 97, 47, 98, 1, 0, 0, 0, 0]),
            code: .malformedField),
        Wrong(
            testDescription: "a key twice in the context",
            bytes: Requests.raw(3, id: 9, fields: [3, 97, 47, 98, 3, 0, 2, 0, 1, 97, 0, 0, 0, 1, 97, 0, 0]), code: .contextInvalid),
        Wrong(
            testDescription: "a ciphertext that is none", bytes: Requests.raw(4, id: 9, fields: [0, 0, 0, 1, 2, 3]), code: .unknownFormat),
        Wrong(testDescription: "versions of the future", bytes: Requests.hello(lowest: 2, highest: 9, id: 9), code: .unsupportedVersion),
        Wrong(
            testDescription: "an environment that is not there", bytes: Requests.encrypt([1], in: "no/where", id: 9),
            code: .unknownEnvironment),
    ]

    @Test("Each gets a typed error with its request id, and the connection goes on", arguments: wrong, [1, Int.max])
    func wrongFrame(_ wrong: Wrong, _ piece: Int) async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let bytes = wrong.bytes + Requests.encrypt([1, 2, 3], in: "acme/prod", id: 77) + Requests.empty(.ping, id: 78)
            // In one write, or byte by byte.
            for start in stride(from: 0, to: bytes.count, by: min(piece, bytes.count)) {
                try await client.send(Array(bytes[start..<min(start + min(piece, bytes.count), bytes.count)]))
            }
            let replies = try await client.receive(3)
            let error = try #require(replies.first { $0.header.requestID == wrong.id })
            #expect(error.code == wrong.code)
            #expect(error.error?.message.isEmpty == false)
            #expect(replies.filter { $0.status == 0 }.map(\.header.requestID).sorted() == [77, 78])
        }
    }

    @Test("A frame over the limit is refused with its request id, and its body is skipped", arguments: [1, 1000, 1 << 20])
    func tooLarge(_ piece: Int) async throws {
        try await withServer(limits: ServerLimits(frame: 1000)) { server in
            let client = try await server.connect()
            let large = Requests.raw(3, id: 5, fields: [UInt8](repeating: 1, count: 3000))
            let bytes = Requests.empty(.ping, id: 4) + large + large + Requests.empty(.ping, id: 6)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                try await client.send(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            let replies = try await client.receive(4)
            #expect(replies.filter { $0.header.requestID == 5 }.map(\.code) == [.frameTooLarge, .frameTooLarge])
            #expect(replies.filter { $0.status == 0 }.map(\.header.requestID) == [4, 6])
        }
    }

    @Test("A frame of exactly the limit is served, and nothing is encrypted whose way back would be larger") func atTheLimit() async throws
    {
        try await withServer(limits: ServerLimits(frame: 1000)) { server in
            try await server.create("acme/prod")
            let client = try await server.connect()
            let empty = try await client.ask(Requests.encrypt([], in: "acme/prod", .event)).fields
            let room = 1000 + 4 - Requests.decrypt(empty, expected: .event).count
            let plaintext = [UInt8](repeating: 1, count: room)
            let fits = try await client.ask(Requests.encrypt(plaintext, in: "acme/prod", .event))
            #expect(fits.error == nil)
            let back = Requests.decrypt(fits.fields, expected: .event)
            #expect(back.count == 1004)
            #expect(try await client.ask(back).fields == plaintext)
            let one = try await client.ask(Requests.encrypt(plaintext + [1], in: "acme/prod", .event))
            #expect(one.code == .frameTooLarge)
        }
    }

    @Test("Half a frame at the end gets an error, whatever was whole an answer, and then the connection ends", arguments: [1, 5, 13])
    func halfFrame(_ size: Int) async throws {
        try await withServer { server in
            let client = try await server.connect()
            try await client.send(Requests.empty(.ping, id: 3) + Requests.encrypt([1], in: "acme/prod").prefix(size))
            client.finishSending()
            let replies = try await client.receive(3)
            #expect(replies.map(\.code) == [nil, .incompleteFrame])
        }
    }

    @Test("A client that has sent all and closes its direction gets every answer") func halfClosed() async throws {
        try await withServer { server in
            try await server.create("acme/prod")
            server.expire()
            let client = try await server.connect()
            try await client.send((1...10).flatMap { Requests.encrypt([1], in: "acme/prod", .connection("\($0)"), id: $0) })
            client.finishSending()
            let replies = try await client.receive(11)
            #expect(replies.count == 10 && replies.allSatisfy { $0.status == 0 })
        }
    }
}
