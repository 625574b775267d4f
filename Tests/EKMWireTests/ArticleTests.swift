import FoundationEssentials
import Testing

@testable import EKMWire

/// The article from which clients in other languages are written says what the code does.
@Suite("The article on the wire protocol")
struct ArticleTests {
    static let article: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(root)/Sources/EKMWire/Documentation.docc/WireProtocol.md"
        return (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    }()

    /// The bytes of each block of hex, in order; a line's remark stands behind a bar.
    static let examples: [[UInt8]] = article.split(separator: "```").enumerated().filter {
        $0.offset % 2 == 1 && $0.element.hasPrefix("hex\n")
    }
    .map { block in
        let lines = block.element.dropFirst(4).split(separator: "\n")
        return bytes(hex: lines.map { String($0.prefix { $0 != "|" }) }.joined())
    }

    static func encoded() throws -> [[UInt8]] {
        let context = try EncryptionContext(["tenant": "7", "kind": "row"])
        let envelope = bytes(hex: "45 4B 4D")
        let encrypt = EncryptRequest(environment: "acme/prod", scope: .job("42"), context: context)
        let decrypt = DecryptRequest(expectedScope: .job("42"), context: context)
        let refusal = WireError(
            .restricted, "The KMS denies the use of the main key of acme/prod.", remedy: "Allow kms:Decrypt.", verdict: .restricted,
            verdictAt: 1_767_225_600, reason: "AccessDeniedException")
        var all = [[UInt8]](repeating: [], count: 8)
        try HelloRequest(client: "demo").encode(into: &all[0], requestID: 1)
        let hello = try HelloAnswer(version: 1, largestFrame: 1 << 20, serverVersion: "0.1.0").encode()
        Answer.appendSuccess(to: FrameHeader(operation: .hello, requestID: 1), fields: hello.span.bytes, into: &all[1])
        try encrypt.encode(plaintext: Array("hi".utf8).span.bytes, into: &all[2], requestID: 2)
        let left = SecondsLeft(seconds: 287)
        Answer.appendSuccess(
            to: FrameHeader(operation: .encrypt, requestID: 2), secondsLeft: left, fields: envelope.span.bytes, into: &all[3])
        try decrypt.encode(ciphertext: envelope.span.bytes, into: &all[4], requestID: 3)
        let header = FrameHeader(operation: .decrypt, requestID: 3)
        Answer.appendSuccess(to: header, secondsLeft: left, fields: Array("hi".utf8).span.bytes, into: &all[5])
        Answer.appendFailure(to: header, error: refusal, secondsLeft: SecondsLeft(seconds: 0), into: &all[6])
        Answer.appendFailure(to: FrameHeader(operation: Operation(rawValue: 0), requestID: 0), error: .shortFrame, into: &all[7])
        return all
    }

    @Test("Each example in hex is what the code encodes", arguments: 0..<8)
    func examples(index: Int) throws {
        try #require(Self.examples.count == 8)
        #expect(Self.examples[index] == (try Self.encoded())[index])
    }

    @Test("Each error code stands in the table, with its number, name and exit code", arguments: ErrorCode.all)
    func codes(code: ErrorCode) {
        #expect(Self.article.contains("\n| \(code.rawValue) | `\(code.name)` | \(code.exitCode) |"))
    }

    @Test("Each operation stands in the table, with its number and name", arguments: EKMWire.Operation.all)
    func operations(operation: EKMWire.Operation) {
        #expect(Self.article.contains("\n| \(operation.rawValue) | \(operation) |"))
    }

    @Test("The table lists no code that does not exist")
    func noOthers() {
        let rows = Self.article.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains(" | `") }
        let names = rows.compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(names.filter { name in !ErrorCode.all.contains { $0.name == name } }.isEmpty)
    }
}
