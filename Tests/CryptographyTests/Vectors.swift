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
    let name: String, key: Hex, nonce: Hex, associatedData: Hex, plaintext: Hex, sealed: Hex
    var testDescription: String { name }
}

struct CodeVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String, key: Hex, message: Hex, code: Hex
    var testDescription: String { name }
}

struct DerivationVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String, key: Hex, salt: Hex, info: Hex, derived: Hex
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
struct Hex: Decodable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }
    init(stringLiteral text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        precondition(digits.count == text.count && digits.count % 2 == 0, "hexadecimal digits, in pairs")
        bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
    init(from decoder: any Decoder) throws { self.init(stringLiteral: try decoder.singleValueContainer().decode(String.self)) }
    var description: String { bytes.map { String(format: "%02x", $0) }.joined() }
}
