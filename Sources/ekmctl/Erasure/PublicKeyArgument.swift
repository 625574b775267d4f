import Bedrock
import Cryptography

/// The daemon's public key: in base64, or a file with it.
struct PublicKeyArgument {
    private static let largest = 4096

    let key: VerifyingKey

    init(_ argument: String) throws(Failure) {
        if let key = Self.key(Array(argument.utf8)) {
            self.key = key
            return
        }
        let input = try InputFile(argument, lookAhead: Self.largest)
        _ = try input.look(Self.largest)
        guard let key = input.withBeginning({ Self.key($0.array) }) else {
            throw Failure(
                .dataError, "public-key-invalid", "\(argument) is no public key: 32 bytes in base64",
                remedy: "Get it with: ekmctl receipt public-key")
        }
        self.key = key
    }

    private static func key(_ text: [UInt8]) -> VerifyingKey? {
        guard let bytes = Base64.bytes(of: text[...].trimmingSpaceAtEnd) else { return nil }
        return try? VerifyingKey(bytes)
    }
}
