internal import Bedrock

/// A JSON value that has one text only: RFC 8785, for the whole numbers, strings, arrays and objects that a receipt is made of.
///
/// The keys of objects are the code's own, in ASCII, so that they sort the same by bytes as by UTF-16.
enum CanonicalJSON {
    case string(String)
    case integer(Int)
    case array([CanonicalJSON])
    /// Members that are nil are left out.
    case object([String: CanonicalJSON?])

    /// Without white space, keys sorted, in UTF-8.
    var text: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .string(let string): Self.append(string, to: &bytes)
        case .integer(let integer): bytes += String(integer).utf8
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            let present = members.compactMapValues { $0 }.sorted { $0.key < $1.key }
            for (index, member) in present.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.append(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case 8: bytes += #"\b"#.utf8
            case 9: bytes += #"\t"#.utf8
            case 10: bytes += #"\n"#.utf8
            case 12: bytes += #"\f"#.utf8
            case 13: bytes += #"\r"#.utf8
            case 0..<32: bytes += (#"\u00"# + Hex.text(of: byte)).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
