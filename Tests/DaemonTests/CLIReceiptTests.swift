import Bedrock
import Cryptography
import EKMWire
import Foundation
import TestSupport
import Testing

@testable import ekmctl

@Suite("ekmctl checks receipts without the daemon")
struct CLIReceiptTests {
    private static let document = Array(#"{"keys":["00ff"],"hours":["2026-01-01T00:00:00Z"],"cause":"command"}"#.utf8)

    private let directory: TemporaryDirectory
    private let receipt: ReceiptReport

    init() throws {
        directory = try TemporaryDirectory()
        let key = try SigningKey(seed: try SecretBytes(copying: [UInt8](repeating: 7, count: 32).span.bytes))
        let signature = try key.sign(Self.document.span.bytes)
        receipt = ReceiptReport(
            id: "01", environment: "02", document: Base64.text(of: Self.document), signature: Base64.text(of: signature),
            publicKey: Base64.text(of: key.publicKey.bytes))
    }

    private func verify(_ receipt: ReceiptReport, key: String, _ arguments: [String] = []) async throws -> Command {
        try Data(JSON.text(receipt).utf8).write(to: URL(fileURLWithPath: directory.file("receipt.json")))
        return try await run(["receipt", "verify", "receipt.json", "--public-key", key] + arguments)
    }

    private func run(_ arguments: [String]) async throws -> Command {
        try await Command.run(
            [CLI.program] + arguments, environment: ["EKM_SOCKET": "/nowhere/ekmd.sock"], directory: directory.path)
    }

    @Test("and prints what was signed, with the key on the command line or in a file")
    func right() async throws {
        let command = try await verify(receipt, key: receipt.publicKey)
        #expect(command.ending == .exited(0), "\(command.errors)")
        #expect(command.text.contains(String(decoding: Self.document, as: UTF8.self)))
        try Data((receipt.publicKey + "\n").utf8).write(to: URL(fileURLWithPath: directory.file("key.txt")))
        #expect(try await verify(receipt, key: "key.txt").ending == .exited(0))
        #expect(try await verify(receipt, key: "key.txt", ["--json"]).text.contains(receipt.signature))
    }

    @Test("65 for a document, a signature or a key that is another; the key in the receipt counts for nothing")
    func wrong() async throws {
        let other = try SigningKey(seed: try SecretBytes(copying: [UInt8](repeating: 8, count: 32).span.bytes))
        var changed = receipt
        changed.document = Base64.text(of: Array(String(decoding: Self.document, as: UTF8.self).replacing("00ff", with: "00fe").utf8))
        var unsigned = receipt
        unsigned.signature = ""
        var forged = receipt
        forged.signature = Base64.text(of: try other.sign(Self.document.span.bytes))
        forged.publicKey = Base64.text(of: other.publicKey.bytes)
        var garbled = receipt
        garbled.document = "no base64"
        for (name, bad) in [("changed", changed), ("unsigned", unsigned), ("forged", forged), ("garbled", garbled)] {
            let command = try await verify(bad, key: receipt.publicKey)
            #expect(command.ending == .exited(65), "\(name)")
            #expect(command.output.isEmpty, "\(name)")
        }
        #expect(try await verify(receipt, key: Base64.text(of: other.publicKey.bytes)).ending == .exited(65))
    }

    @Test("65 for what is no receipt and for a file that is no key, 66 where there is none")
    func none() async throws {
        #expect(try await verify(receipt, key: "receipt.json").ending == .exited(65))
        #expect(try await run(["receipt", "verify", "missing", "--public-key", receipt.publicKey]).ending == .exited(66))
        #expect(try await verify(receipt, key: "missing").ending == .exited(66))
        try Data("{}".utf8).write(to: URL(fileURLWithPath: directory.file("empty.json")))
        #expect(try await run(["receipt", "verify", "empty.json", "--public-key", receipt.publicKey]).ending == .exited(65))
    }
}
