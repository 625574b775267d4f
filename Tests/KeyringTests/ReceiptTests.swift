import Bedrock
import Cryptography
import Foundation
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@Suite("Receipts")
struct ReceiptTests {
    @Test("the document is the canonical JSON of what happened", arguments: ["crm", "\"\\/\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}ÄЖ🔑\u{2028}"])
    func document(connection: String) async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.base.encrypt("crm", .connection(ConnectionID(connection)), in: environment)
        let key = try #require(fixture.keys(of: environment).first)
        let signed = try await fixture.hierarchies.eraser.erase(.connection(ConnectionID(connection)), of: environment, cause: .command)
        let receipt = try fixture.read(signed)

        let object = try JSONSerialization.jsonObject(with: Data(signed.document))
        let canonical = try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        #expect(String(decoding: signed.document, as: UTF8.self) == String(decoding: canonical, as: UTF8.self))
        #expect(receipt.document == signed.document)

        #expect(receipt.type == "ekmd erasure receipt")
        #expect(receipt.version == 1)
        #expect(receipt.receipt == signed.erasure.description)
        #expect(receipt.publicKey == Data(fixture.root.publicKey.bytes).base64EncodedString())
        #expect(receipt.environment.id == environment.identity.id.description)
        #expect(receipt.environment.name == "acme/prod")
        #expect(receipt.subject.connection == connection)
        #expect(receipt.cause == "command")
        #expect(receipt.startedAt == "2026-11-23T10:20:00Z")
        #expect(receipt.finishedAt == "2026-11-23T10:20:00Z")
        #expect(receipt.keys.listed.map(\.id) == [key.description])
        #expect(receipt.keys.digest == digest(of: [key.description]))
        #expect(receipt.doesNotCover.count == 4)
        #expect(receipt.doesNotCover.contains { $0.hasPrefix("Copies of the store that were made before") })
    }

    @Test("hours stand in the receipt, each with its key")
    func hours() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(3, in: environment)
        let receipt = try await fixture.erase(.before(fixture.now), of: environment)
        #expect(receipt.subject.kind == "hours")
        #expect(receipt.subject.before == "2026-11-23T13:20:00Z")
        #expect(receipt.keys.firstHour == "2026-11-23T10:00:00Z")
        #expect(receipt.keys.lastHour == "2026-11-23T12:00:00Z")
        #expect(
            receipt.keys.listed.compactMap(\.hour).sorted() == ["2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z", "2026-11-23T12:00:00Z"])
        #expect(receipt.keys.listed.allSatisfy { $0.kind == "hourly" })
    }

    @Test("the longest receipt lists five thousand keys, tells a digest of all, and fits into a frame")
    func longest() throws {
        let environment = EnvironmentIdentity(id: try EnvironmentID.random(), name: try EnvironmentName("acme/prod"))
        let now = WallTime(seconds: 1_795_429_200)
        let erasure = ErasureRecord(
            id: try ErasureID.random(), environment: environment.id, subject: .before(now), cause: .retention, startedAt: now)
        let keys = try (0..<12_345).map { _ in try KeyID.random() }.sorted()
        var builder = ReceiptBuilder()
        for start in stride(from: 0, to: keys.count, by: 1000) {
            builder.add(
                keys[start..<min(start + 1000, keys.count)].map { key in
                    Tombstone(
                        key: key, environment: environment.id, kind: .hourly, hour: now.hour, erasure: erasure.id, erasedAt: now)
                })
        }
        let root = try RootKey.random()
        let receipt = builder.receipt(for: erasure, of: environment, by: root.publicKey, at: now, inDoubt: false)
        #expect(receipt.keys.hourly == 12_345)
        #expect(receipt.keys.listed.map(\.id) == keys.prefix(Receipt.mostListed).map(\.description))
        #expect(receipt.keys.digest == digest(of: keys.map(\.description)))
        #expect(receipt.document.count * 4 / 3 + 4096 < 1 << 20, "base64 in a frame of the default size")
    }

    @Test("a receipt that was changed, or that another daemon signed, does not verify")
    func forged() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(1, in: environment)
        let signed = try await fixture.hierarchies.eraser.erase(.before(fixture.now), of: environment, cause: .command)
        let key = fixture.root.publicKey
        #expect(key.verifies(signed.signature, signed.document))
        var document = signed.document
        document[document.count / 2] ^= 1
        #expect(!key.verifies(signed.signature, document))
        let other = try RootKey.random().publicKey
        #expect(!other.verifies(signed.signature, signed.document))
    }

    @Test("OpenSSL's command line verifies a receipt, as the documentation tells")
    func openssl() async throws {
        let fixture = try await ErasureFixture()
        let environment = try await fixture.base.warmEnvironment("acme/prod")
        _ = try await fixture.hours(2, in: environment)
        let signed = try await fixture.hierarchies.eraser.erase(.before(fixture.now), of: environment, cause: .command)
        let directory = try TemporaryDirectory()
        for (name, bytes) in [
            ("document", signed.document), ("signature", signed.signature), ("publicKey", fixture.root.publicKey.bytes),
        ] {
            try Data(bytes).base64EncodedData().write(to: URL(fileURLWithPath: directory.file("\(name).base64")))
        }
        // The very lines of the article; only jq need not be there.
        let article = try String(contentsOfFile: "\(Self.sources)/KeyHierarchy/Documentation.docc/Erasure.md", encoding: .utf8)
        let blocks = article.components(separatedBy: "```sh\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
        let script = try #require(blocks.first { $0.contains("openssl") })
            .replacing(/jq -r \.([a-zA-Z]+) receipt\.json/) { "cat \($0.1).base64" }
        let verified = try await Command.run(["/bin/sh", "-ec", script], directory: directory.path)
        #expect(verified.succeeded, "\(verified.errors)")
        #expect(verified.text.contains("Signature Verified Successfully"))

        // A document that differs in one byte, with the same lines.
        var changed = signed.document
        changed[40] ^= 1
        try Data(changed).base64EncodedData().write(to: URL(fileURLWithPath: directory.file("document.base64")))
        #expect(try await !Command.run(["/bin/sh", "-ec", script], directory: directory.path).succeeded)
    }

    private static let sources =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path + "/Sources"
}

/// As the receipt's format tells it.
func digest(of ids: [String]) -> String {
    let text = Array(ids.sorted().map { $0 + "\n" }.joined().utf8)
    return Hex.text(of: SHA256.hash(text.span.bytes))
}
