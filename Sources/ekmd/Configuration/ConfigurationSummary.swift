import EKMServer
import EKMWire
import Logging
import MainKeyDeclarations

/// The effective configuration in words, defaults included: what `--check-config` prints.
struct ConfigurationSummary {
    let text: String

    init(_ result: ConfigurationReader.Result, defaultFile: String) {
        let configuration = result.configuration
        let rootKey =
            switch configuration.rootKey {
            case .file(let path): "{ file: \(path) }"
            case .credential(let name): "{ credential: \(name) }"
            }
        var lines = [
            result.file.map { "\($0): correct; in effect, with defaults:" } ?? "there is no \(defaultFile); in effect are the defaults:",
            "socket: \(configuration.socket)",
            "state: \(configuration.state)",
            "root_key: \(rootKey)",
            "cache: { ttl: \(DurationText.text(of: configuration.cache.ttl)), on_restriction: \(configuration.cache.onRestriction.rawValue) }",
            "kms: { poll_interval: \(DurationText.text(of: configuration.kms.pollInterval)), "
                + "timeout: \(DurationText.text(of: configuration.kms.timeout)), rate: \(configuration.kms.rate), "
                + "refresh_interval: \(DurationText.text(of: configuration.kms.refreshInterval)) }",
            "replacement: { interval: \(DurationText.text(of: configuration.replacement.interval)) }",
            "repack: { rate: \(configuration.repack.rate) }",
            "managed: { rotation: \(DurationText.text(of: configuration.managed.rotation)) }",
        ]
        lines += MainKeyDeclarations.all.map { Self.line(of: $0.section, configuration.kinds) }
        lines.append(
            "limits: { frame: \(SizeText.text(of: configuration.limits.frame)), connections: \(configuration.limits.connections), memory: \(SizeText.text(of: configuration.limits.memory)), connection_keys: \(configuration.limits.connectionKeys) }"
        )
        if let grants = configuration.grants {
            lines.append(grants.isEmpty ? "grants: []  # nobody may do anything" : "grants:")
            lines += grants.map(Self.line(of:))
        } else {
            lines.append("# no grants: the user who starts ekmd may do everything, and nobody else anything")
        }
        lines.append("log: { level: \(configuration.log.level.rawValue) }")
        text = lines.joined(separator: "\n")
    }

    private static func line(of section: DeclaredSection, _ settings: [String: [String: String]]) -> String {
        let values = section.settings.map { "\($0.name): \(settings[section.name]?[$0.name] ?? "null")" }
        return "\(section.name): { \(values.joined(separator: ", ")) }"
    }

    private static func line(of grant: Grant) -> String {
        let subject =
            switch grant.subject {
            case .user(let name, _): "user: \(name)"
            case .group(let name, _): "group: \(name)"
            }
        let environments = grant.environments.map { "\"\($0)\"" }.joined(separator: ", ")
        let operations = Permission.allCases.filter(grant.allow.contains).map(\.rawValue).joined(separator: ", ")
        return "  - { \(subject), environments: [\(environments)], allow: [\(operations)] }"
    }
}
