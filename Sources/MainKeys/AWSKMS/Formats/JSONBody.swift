internal import Bedrock
internal import Cryptography

/// A JSON object that is written into a wiped buffer, since it may hold plaintext.
struct JSONBody {
    private let bytes = WipedBytes(capacity: 1024)
    private var isFirst = true

    init() { bytes.append("{") }

    mutating func add(_ key: String, _ value: String) {
        begin(key)
        Self.quote(value, into: bytes)
    }

    mutating func add(_ key: String, _ value: Int) {
        begin(key)
        bytes.append("\(value)")
    }

    mutating func add(_ key: String, _ value: [(key: String, value: String)]) {
        begin(key)
        bytes.append("{")
        for (index, pair) in value.enumerated() {
            if index > 0 { bytes.append(",") }
            Self.quote(pair.key, into: bytes)
            bytes.append(":")
            Self.quote(pair.value, into: bytes)
        }
        bytes.append("}")
    }

    mutating func add(_ key: String, base64 value: RawSpan) {
        begin(key)
        bytes.append("\"")
        Base64.append(value, to: bytes)
        bytes.append("\"")
    }

    consuming func finish() -> WipedBytes {
        bytes.append("}")
        return bytes
    }

    private mutating func begin(_ key: String) {
        if !isFirst { bytes.append(",") }
        isFirst = false
        Self.quote(key, into: bytes)
        bytes.append(":")
    }

    private static func quote(_ text: String, into bytes: WipedBytes) {
        bytes.append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20: bytes.append("\\u00\(Hex.text(of: byte))")
            default: bytes.append(byte)
            }
        }
        bytes.append("\"")
    }
}
