internal import Bedrock

/// The profiles of `~/.aws/config` and `~/.aws/credentials`; what the second says wins.
struct SharedProfiles {
    private let config: ProfileFile
    private let credentials: ProfileFile
    /// Whether neither file was written in the last moments, so that what stands in them is whole.
    let isSettled: Bool

    /// Files that are not there are empty.
    /// - Throws: ``AWSCredentialsError/Code/misconfigured`` for a file that cannot be read or understood.
    init(environment: [String: String]) throws(AWSCredentialsError) {
        let paths = [
            Self.path(environment["AWS_CONFIG_FILE"], home: environment["HOME"], "config"),
            Self.path(environment["AWS_SHARED_CREDENTIALS_FILE"], home: environment["HOME"], "credentials"),
        ]
        isSettled = paths.allSatisfy { $0.map(SmallFile.isSettled) ?? true }
        config = try Self.read(paths[0])
        credentials = try Self.read(paths[1])
    }

    func profile(_ name: String) -> ProfileFile.Section? {
        let fromConfig = config.sections["profile \(name)"] ?? (name == "default" ? config.sections["default"] : nil)
        guard let fromCredentials = credentials.sections[name] else { return fromConfig }
        var section = fromConfig ?? ProfileFile.Section()
        section.values.merge(fromCredentials.values) { $1 }
        section.secrets.merge(fromCredentials.secrets) { $1 }
        return section
    }

    /// The endpoint that a profile's `services` section gives a service.
    func endpoint(of service: String, profile: ProfileFile.Section) -> String? {
        guard let name = profile.values["services"] else { return nil }
        return config.sections["services \(name)"]?.nested[service]?["endpoint_url"]
    }

    private static func path(_ given: String?, home: String?, _ name: String) -> String? {
        if let given, !given.isEmpty {
            guard given.hasPrefix("~/"), let home else { return given }
            return home + given.dropFirst()
        }
        guard let home, !home.isEmpty else { return nil }
        return "\(home)/.aws/\(name)"
    }

    private static func read(_ path: String?) throws(AWSCredentialsError) -> ProfileFile {
        guard let path else { return ProfileFile() }
        let content: WipedBytes
        do throws(SmallFile.Unreadable) {
            content = try SmallFile.read(path)
        } catch {
            if error.isMissing { return ProfileFile() }
            throw AWSCredentialsError(.misconfigured, "\(path) cannot be read (\(error.reason)).")
        }
        do throws(ProfileFile.Malformed) {
            return try ProfileFile(content)
        } catch {
            throw AWSCredentialsError(.misconfigured, "\(path):\(error.line) is neither a section, nor a key with a value, nor a comment.")
        }
    }
}
