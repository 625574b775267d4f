import ArgumentParser

/// The name of an environment, checked before the daemon is asked.
struct EnvironmentArgument {
    let name: String

    init(parsing argument: String) throws {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(Self.isPart) else {
            throw ValidationError(
                "'\(argument)' is not the name of an environment: write workspace/environment, each 1 to 63 lower-case letters, digits and hyphens, not beginning with a hyphen."
            )
        }
        name = argument
    }

    var workspace: String { String(name.prefix { $0 != "/" }) }
    var environment: String { String(name.drop { $0 != "/" }.dropFirst()) }

    static let help = ArgumentHelp(
        "The environment, as workspace/environment: each part has lower-case letters, digits and hyphens, at most 63.",
        valueName: "environment")

    private static func isPart(_ part: Substring) -> Bool {
        let bytes = Array(part.utf8)
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        guard (1...63).contains(bytes.count), isAlphanumeric(bytes[0]) else { return false }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D }
    }
}
