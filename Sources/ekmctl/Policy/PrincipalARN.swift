import ArgumentParser

/// The ARN of an AWS identity.
struct PrincipalARN: ExpressibleByArgument, Encodable {
    let text: String

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam" || parts[2] == "sts", !parts[5].isEmpty, argument.utf8.count <= 2048
        else { return nil }
        guard argument.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C && $0 != 0x2A }) else { return nil }
        text = argument
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
