import Bedrock
import Cryptography
import Foundation
import Testing

/// Published vectors, as files beside the tests.
enum Vectors {
    /// The file's content; a missing or misread file fails the tests that use it.
    static func load<V: Decodable>(_ name: String, as type: V.Type = V.self) -> V {
        do {
            guard let url = Bundle.module.url(forResource: "Vectors/\(name)", withExtension: "json") else {
                throw CocoaError(.fileNoSuchFile)
            }
            return try JSONDecoder().decode(V.self, from: Data(contentsOf: url))
        } catch { fatalError("Vectors/\(name).json: \(error)") }
    }
}

struct SealVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String, key: HexBytes, nonce: HexBytes, associatedData: HexBytes, plaintext: HexBytes, sealed: HexBytes
    var testDescription: String { name }
}

struct CodeVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String, key: HexBytes, message: HexBytes, code: HexBytes
    var testDescription: String { name }
}

struct DerivationVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String, key: HexBytes, salt: HexBytes, info: HexBytes, derived: HexBytes
    var testDescription: String { name }
}

/// A file of Project Wycheproof.
struct Wycheproof<Test: Decodable & Sendable>: Decodable, Sendable {
    struct Group: Decodable, Sendable { let tests: [Test] }
    let numberOfTests: Int
    let testGroups: [Group]
    var tests: [Test] { testGroups.flatMap(\.tests) }
}

/// Bytes written in hexadecimal.
struct HexBytes: Decodable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(stringLiteral text: String) {
        guard let bytes = Hex.bytes(of: text.lowercased()) else { preconditionFailure("hexadecimal digits, in pairs") }
        self.bytes = bytes
    }
    init(from decoder: any Decoder) throws { self.init(stringLiteral: try decoder.singleValueContainer().decode(String.self)) }
    var description: String { Hex.text(of: bytes) }
}
