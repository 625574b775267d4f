/// How a customer names a KMS key: a key ARN, an alias ARN, a key id or an alias name.
package struct AWSKeyReference: Hashable, Sendable {
    package enum Form: Sendable { case keyARN, aliasARN, keyID, aliasName }

    /// As it was written.
    package let text: String
    package let form: Form
    /// Of an ARN.
    package let region: String?
    package let account: String?

    /// - Returns: nil when the text is none of the four.
    package init?(_ text: String) {
        guard text.utf8.count <= 2048,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else {
            return nil
        }
        self.text = text
        guard text.hasPrefix("arn:") else {
            region = nil
            account = nil
            if text.hasPrefix("alias/"), text.utf8.count > 6 {
                form = .aliasName
            } else if Self.isKeyID(text) {
                form = .keyID
            } else {
                return nil
            }
            return
        }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[1].hasPrefix("aws"), parts[2] == "kms", !parts[3].isEmpty, !parts[4].isEmpty else { return nil }
        guard Self.isRegion(parts[3]) else { return nil }
        region = parts[3]
        account = parts[4]
        if parts[5].hasPrefix("key/"), Self.isKeyID(String(parts[5].dropFirst(4))) {
            form = .keyARN
        } else if parts[5].hasPrefix("alias/"), parts[5].utf8.count > 6 {
            form = .aliasARN
        } else {
            return nil
        }
    }

    /// A UUID, or `mrk-` and 32 hexadecimal digits.
    private static func isKeyID(_ text: String) -> Bool {
        text.utf8.count >= 8 && text.utf8.count <= 128
            && text.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == UInt8(ascii: "-")
            }
    }

    /// It becomes part of a host name.
    private static func isRegion(_ text: String) -> Bool {
        text.utf8.count <= 40
            && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == UInt8(ascii: "-") }
    }
}
