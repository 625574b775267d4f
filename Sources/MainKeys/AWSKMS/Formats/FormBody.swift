internal import Bedrock

/// A form (`application/x-www-form-urlencoded`) in a wiped buffer, as AWS's query protocol takes it.
struct FormBody {
    private let bytes = WipedBytes(capacity: 1024)

    mutating func add(_ key: String, _ value: String) { add(key, secret: WipedBytes(value)) }

    mutating func add(_ key: String, secret value: WipedBytes) {
        if bytes.count > 0 { bytes.append("&") }
        bytes.append(key)
        bytes.append("=")
        for index in 0..<value.count {
            let byte = value[index]
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                bytes.append(byte)
            default:
                bytes.append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 15] { bytes.append(digit < 10 ? 0x30 + digit : 0x41 + digit - 10) }
            }
        }
    }

    consuming func finish() -> WipedBytes { bytes }
}
