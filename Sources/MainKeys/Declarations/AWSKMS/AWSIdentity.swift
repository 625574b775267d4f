/// How AWS names who may do something, and how a role's owner knows for whom it is assumed.
enum AWSIdentity {
    /// The ARN of an identity of IAM or STS.
    static func isARN(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam" || parts[2] == "sts", !parts[5].isEmpty else { return false }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x2A }
    }

    /// The characters that STS takes in an external id.
    static func isExternalID(_ text: String) -> Bool {
        text.utf8.count >= 2
            && text.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || "_+=,.@:/-".utf8.contains($0)
            }
    }
}
