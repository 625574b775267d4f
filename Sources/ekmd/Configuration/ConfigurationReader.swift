import EKMServer
import Logging
import MainKeyDeclarations
import Yams

/// Turns the file's text into a `Configuration`: every key optional, none unknown, all in range.
struct ConfigurationReader {
    let defaults: ConfigurationLocations
    /// The numbers of users and groups; nil for one that this machine does not know.
    var userID: (String) -> UInt32? = Accounts.user(named:)
    var groupID: (String) -> UInt32? = Accounts.group(named:)

    /// What was read, and what is worth a word though it is no error.
    struct Result {
        /// Nil where the default file is not there.
        var file: String?
        var configuration: Configuration
        var warnings: [ConfigurationProblem] = []
    }

    /// Reads `path`, or the default place if that is nil; a default file that is not there counts as empty.
    func read(path: String?) throws(ConfigurationError) -> Result {
        let file = path ?? defaults.configuration
        if let text = try ConfigurationFile.read(file) { return try read(text: text, file: file) }
        if let path { throw ConfigurationError(file: path, "there is no such file") }
        return Result(file: nil, configuration: Configuration(defaults: defaults))
    }

    func read(text: String, file: String) throws(ConfigurationError) -> Result {
        let diagnostics = ConfigurationDiagnostics(file: file)
        var top = ConfigurationSection(try ConfigurationFile.compose(text, file: file), name: "", diagnostics: diagnostics)
        var configuration = Configuration(defaults: defaults)

        if let socket = top.text("socket", expected: "an absolute path of at most 107 bytes", { Self.isPath($0) && $0.utf8.count <= 107 }) {
            configuration.socket = socket
        }
        let stateNode = top.place?.mapping?[Node("state")]
        if let state = top.text("state", expected: Self.absolutePath, Self.isPath) { configuration.state = state }
        let rootKeyNode = top.place?.mapping?[Node("root_key")]
        if let rootKey = readRootKey(top.section("root_key"), diagnostics) { configuration.rootKey = rootKey }
        if case .file(let path) = configuration.rootKey, Paths.isInside(path, directory: configuration.state) {
            diagnostics.error(
                "the root key '\(path)' lies inside the state directory '\(configuration.state)'; keep it elsewhere, "
                    + "so that who copies the state does not get the key to it", at: rootKeyNode ?? stateNode)
        }
        readSettings(&top, &configuration)
        configuration.grants = readGrants(top.take("grants"), diagnostics)
        top.finish()
        try diagnostics.finish()
        return Result(file: file, configuration: configuration, warnings: diagnostics.warnings)
    }

    private func readSettings(_ top: inout ConfigurationSection, _ configuration: inout Configuration) {
        var cache = top.section("cache")
        configuration.cache.ttl = cache.duration("ttl", default: configuration.cache.ttl, in: Configuration.Cache.ttlRange)
        configuration.cache.onRestriction = cache.choice("on_restriction", default: configuration.cache.onRestriction)
        cache.finish()

        var kms = top.section("kms")
        configuration.kms.pollInterval = kms.duration(
            "poll_interval", default: configuration.kms.pollInterval, in: Configuration.KMS.pollIntervalRange)
        configuration.kms.timeout = kms.duration("timeout", default: configuration.kms.timeout, in: Configuration.KMS.timeoutRange)
        configuration.kms.rate = kms.integer("rate", default: configuration.kms.rate, in: Configuration.KMS.rateRange)
        configuration.kms.refreshInterval = kms.duration(
            "refresh_interval", default: configuration.kms.refreshInterval, in: Configuration.KMS.refreshRange)
        kms.finish()

        var replacement = top.section("replacement")
        configuration.replacement.interval = replacement.duration(
            "interval", default: configuration.replacement.interval, in: Configuration.Replacement.intervalRange)
        replacement.finish()

        var repack = top.section("repack")
        configuration.repack.rate = repack.integer("rate", default: configuration.repack.rate, in: Configuration.Repack.rateRange)
        repack.finish()

        var managed = top.section("managed")
        configuration.managed.rotation = managed.duration(
            "rotation", default: configuration.managed.rotation, in: Configuration.Managed.rotationRange)
        managed.finish()

        for declared in MainKeyDeclarations.all.map(\.section) {
            var section = top.section(declared.name)
            var settings: [String: String] = [:]
            for field in declared.settings {
                settings[field.name] = section.text(field.name, expected: field.expected, field.accepts)
            }
            section.finish()
            if !settings.isEmpty { configuration.kinds[declared.name] = settings }
        }

        var limits = top.section("limits")
        configuration.limits.frame = limits.size("frame", default: configuration.limits.frame, in: Configuration.Limits.frameRange)
        configuration.limits.connections = limits.integer(
            "connections", default: configuration.limits.connections, in: Configuration.Limits.connectionsRange)
        configuration.limits.memory = limits.size("memory", default: configuration.limits.memory, in: Configuration.Limits.memoryRange)
        configuration.limits.connectionKeys = limits.integer(
            "connection_keys", default: configuration.limits.connectionKeys, in: Configuration.Limits.connectionKeysRange)
        limits.finish()

        var log = top.section("log")
        configuration.log.level = log.choice("level", default: configuration.log.level)
        log.finish()
    }

    private func readRootKey(_ section: ConfigurationSection, _ diagnostics: ConfigurationDiagnostics) -> RootKeySource? {
        var section = section
        let file = section.text("file", expected: Self.absolutePath, Self.isPath)
        let credential = section.text("credential", expected: "the name of a credential, such as ekmd.root", Self.isCredential)
        section.finish()
        switch (file, credential) {
        case (nil, nil): return nil
        case (let file?, nil): return .file(file)
        case (nil, let credential?): return .credential(credential)
        case (_?, _?):
            diagnostics.error("'root_key' names both a file and a credential; leave one", at: section.place)
            return nil
        }
    }

    private func readGrants(_ node: Node?, _ diagnostics: ConfigurationDiagnostics) -> [Grant]? {
        guard let node else { return nil }
        guard let list = node.sequence else {
            diagnostics.error("'grants' must be a list of '- { user: …, environments: […], allow: […] }'", at: node)
            return nil
        }
        return list.enumerated().compactMap { index, node in
            GrantReader(name: "grants[\(index)]", diagnostics: diagnostics, userID: userID, groupID: groupID).read(node)
        }
    }

    private static let absolutePath = "an absolute path"

    private static func isPath(_ text: String) -> Bool { text.hasPrefix("/") && text.utf8.count < 4096 && !text.utf8.contains(0) }

    private static func isCredential(_ text: String) -> Bool {
        text.utf8.count <= 255 && text != "." && text != ".." && !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 }
    }
}
