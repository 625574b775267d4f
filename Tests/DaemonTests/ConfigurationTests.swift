import EKMServer
import EKMWire
import Foundation
import Logging
import TestSupport
import Testing

@testable import ekmd

@Suite("Configuration")
struct ConfigurationTests {
    private static let locations = ConfigurationLocations(
        configuration: "/etc/ekmd/ekmd.yaml", socket: "/run/ekmd/ekmd.sock", state: "/var/lib/ekmd", rootKey: .file("/etc/ekmd/root.key"))
    private let reader = ConfigurationReader(
        defaults: Self.locations, userID: { ["app": 1001, "root": 0][$0] }, groupID: { ["ekm-admin": 2001][$0] })

    private func read(_ text: String) throws -> Configuration { try reader.read(text: text, file: "t.yaml").configuration }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try reader.read(text: text, file: "t.yaml")
            return []
        } catch { return error.problems.map(\.description) }
    }

    @Test(
        "An empty file, one of comments and one of nulls are the defaults",
        arguments: ["", "# nothing\n", "---\n", "socket: null\ncache:\ngrants: ~\n"])
    func defaults(text: String) throws {
        let configuration = try read(text)
        #expect(configuration == Configuration(defaults: Self.locations))
        #expect(configuration.grants == nil)
        #expect(configuration.cache.ttl == .seconds(300))
    }

    @Test("Every key is read")
    func everyKey() throws {
        let configuration = try read(
            """
            socket: /srv/ekm.sock
            state: /srv/state
            root_key: { credential: ekmd.root }
            cache: { ttl: 90s, on_restriction: purge }
            kms: { poll_interval: 1s, timeout: 500ms }
            replacement: { interval: 7d }
            repack: { rate: 1000 }
            managed: { rotation: 30d }
            aws: { region: eu-central-1, endpoint: "http://127.0.0.1:4566", profile: ekm, ca_bundle: /etc/ssl/ca.pem }
            limits: { frame: 64KiB, connections: 7 }
            grants:
              - { user: app, environments: ["acme/*", other/prod], allow: [encrypt, decrypt, data-key] }
              - { group: 4711, environments: ["*"], allow: [admin, status] }
            log: { level: debug }
            """)
        #expect(configuration.socket == "/srv/ekm.sock")
        #expect(configuration.state == "/srv/state")
        #expect(configuration.rootKey == .credential("ekmd.root"))
        #expect(configuration.cache == .init(ttl: .seconds(90), onRestriction: .purge))
        #expect(configuration.kms == .init(pollInterval: .seconds(1), timeout: .milliseconds(500)))
        #expect(configuration.replacement.interval == .seconds(7 * 86400))
        #expect(configuration.repack.rate == 1000)
        #expect(configuration.managed.rotation == .seconds(30 * 86400))
        #expect(
            configuration.kinds == [
                "aws": ["region": "eu-central-1", "endpoint": "http://127.0.0.1:4566", "profile": "ekm", "ca_bundle": "/etc/ssl/ca.pem"]
            ])
        #expect(configuration.limits == .init(frame: 65536, connections: 7))
        #expect(configuration.log.level == .debug)
        let grants = try #require(configuration.grants)
        #expect(grants.map(\.subject) == [.user(name: "app", id: 1001), .group(name: "4711", id: 4711)])
        #expect(grants.map { $0.environments } == [["acme/*", "other/prod"], ["*"]])
        #expect(grants.map(\.allow) == [[.encrypt, .decrypt, .dataKey], [.admin, .status]])
    }

    @Test(
        "What is wrong is refused at its line and column",
        arguments: [
            (
                "wire: {}",
                "t.yaml:1:1: unknown key 'wire' at the top of the file; known: aws, cache, grants, kms, limits, log, managed, repack, replacement, root_key, socket, state"
            ),
            (
                "limits:\n  frame_limt: 1",
                "t.yaml:2:3: unknown key 'frame_limt' in 'limits'; known: connection_keys, connections, frame, memory"
            ),
            ("cache: 5m", "t.yaml:1:8: 'cache' must be a mapping of keys to values, such as 'key: value'"),
            ("- a", "t.yaml:1:1: the configuration must be a mapping of keys to values, such as 'key: value'"),
            ("cache:\n  ttl: 5", "t.yaml:2:8: 'cache.ttl' must be a time with its unit (ms, s, m, h, d) from 1s to 5m, such as 5m"),
            ("cache: { ttl: 301s }", "t.yaml:1:15: 'cache.ttl' must be a time with its unit (ms, s, m, h, d) from 1s to 5m, such as 5m"),
            ("cache: { ttl: 999ms }", "t.yaml:1:15: 'cache.ttl' must be a time with its unit (ms, s, m, h, d) from 1s to 5m, such as 5m"),
            ("cache: { ttl: [5m] }", "t.yaml:1:15: 'cache.ttl' must be a time with its unit (ms, s, m, h, d) from 1s to 5m, such as 5m"),
            ("cache: { on_restriction: keep }", "t.yaml:1:26: 'cache.on_restriction' must be one of expire, purge"),
            (
                "kms: { poll_interval: 500ms }",
                "t.yaml:1:23: 'kms.poll_interval' must be a time with its unit (ms, s, m, h, d) from 1s to 1h, such as 1m"
            ),
            (
                "kms: { timeout: 2m }",
                "t.yaml:1:17: 'kms.timeout' must be a time with its unit (ms, s, m, h, d) from 100ms to 1m, such as 5s"
            ),
            (
                "replacement: { interval: 23h }",
                "t.yaml:1:26: 'replacement.interval' must be a time with its unit (ms, s, m, h, d) from 1d to 365d, such as 1d"
            ),
            ("kms: { rate: 0 }", "t.yaml:1:14: 'kms.rate' must be a whole number from 1 to 100000"),
            (
                "kms: { refresh_interval: 31d }",
                "t.yaml:1:26: 'kms.refresh_interval' must be a time with its unit (ms, s, m, h, d) from 1h to 30d, such as 1d"
            ),
            ("repack: { rate: 99 }", "t.yaml:1:17: 'repack.rate' must be a whole number from 100 to 10000000"),
            (
                "managed: { rotation: 1h }",
                "t.yaml:1:22: 'managed.rotation' must be a time with its unit (ms, s, m, h, d) from 1d to 3650d, such as 365d"
            ),
            ("limits: { frame: 4095 }", "t.yaml:1:18: 'limits.frame' must be a size from 4KiB to 16MiB, such as 64KiB or 1MiB"),
            ("limits: { frame: 17MiB }", "t.yaml:1:18: 'limits.frame' must be a size from 4KiB to 16MiB, such as 64KiB or 1MiB"),
            ("limits: { connections: 0x10 }", "t.yaml:1:24: 'limits.connections' must be a whole number from 1 to 65536"),
            ("limits: { connections: 0 }", "t.yaml:1:24: 'limits.connections' must be a whole number from 1 to 65536"),
            ("socket: ekmd.sock", "t.yaml:1:9: 'socket' must be an absolute path of at most 107 bytes"),
            ("socket: /" + String(repeating: "x", count: 107), "t.yaml:1:9: 'socket' must be an absolute path of at most 107 bytes"),
            ("state: ''", "t.yaml:1:8: 'state' must be an absolute path"),
            ("root_key: /etc/root.key", "t.yaml:1:11: 'root_key' must be a mapping of keys to values, such as 'key: value'"),
            ("root_key: { file: /a, credential: b }", "t.yaml:1:11: 'root_key' names both a file and a credential; leave one"),
            ("root_key: { credential: a/b }", "t.yaml:1:25: 'root_key.credential' must be the name of a credential, such as ekmd.root"),
            ("aws: { region: EU Central }", "t.yaml:1:16: 'aws.region' must be an AWS region, such as eu-central-1"),
            (
                "aws: { endpoint: \"http://kms.example.com\" }",
                "t.yaml:1:18: 'aws.endpoint' must be an https:// URL (http:// only to 127.0.0.1, [::1] or localhost)"
            ),
            (
                "aws: { endpoint: \"http://localhost.example.com\" }",
                "t.yaml:1:18: 'aws.endpoint' must be an https:// URL (http:// only to 127.0.0.1, [::1] or localhost)"
            ),
            ("log: { level: loud }", "t.yaml:1:15: 'log.level' must be one of trace, debug, info, notice, warning, error, critical"),
            ("grants: all", "t.yaml:1:9: 'grants' must be a list of '- { user: …, environments: […], allow: […] }'"),
            ("grants:\n  - { environments: ['*'], allow: [status] }", "t.yaml:2:5: 'grants[0]' must name either a user or a group"),
            (
                "grants:\n  - { user: a, group: b, environments: ['*'], allow: [status] }",
                "t.yaml:2:5: 'grants[0]' must name either a user or a group"
            ),
            (
                "grants:\n  - { user: app, environments: ['*'], allow: [encrypt, sign] }",
                "t.yaml:2:56: 'grants[0].allow[1]' must be one of encrypt, decrypt, data-key, admin, status"
            ),
            (
                "grants:\n  - { user: app, environments: [ACME/prod], allow: [status] }",
                "t.yaml:2:33: 'grants[0].environments[0]' must be '*', 'workspace/*' or 'workspace/environment'"
            ),
            (
                "grants:\n  - { user: app, environments: [], allow: [status] }",
                "t.yaml:2:32: 'grants[0].environments' must be a list of at least one; each is '*', 'workspace/*' or 'workspace/environment'"
            ),
            (
                "grants:\n  - { user: app, environments: ['*'] }",
                "t.yaml:2:5: 'grants[0].allow' must be a list of at least one; each is one of encrypt, decrypt, data-key, admin, status"
            ),
            (
                "grants:\n  - { user: app, environments: ['*'], allow: [status], unit: x }",
                "t.yaml:2:56: unknown key 'unit' in 'grants[0]'; known: allow, environments, group, user"
            ),
            (
                "grants:\n  - { user: 4294967295, environments: ['*'], allow: [status] }",
                "t.yaml:2:13: '4294967295' is too large for a user's number"
            ),
            ("socket: /a\nstate: /b\nsocket: /c", "t.yaml:1:1: key 'socket' is given more than once; leave one"),
            ("cache: { ttl: 1m", "t.yaml:2:1: is not YAML: while parsing a flow mapping: did not find expected ',' or '}'"),
            ("a: b: c", "t.yaml:1:5: is not YAML: mapping values are not allowed in this context"),
        ])
    func refused(text: String, problem: String) {
        #expect(problems(text) == [problem])
    }

    @Test("Everything that is wrong is told at once, in the file's order")
    func allProblems() {
        let found = problems("log: { level: x }\nnew: 1\ncache: { ttl: x }\n")
        #expect(found.map { $0.prefix(9) } == ["t.yaml:1:", "t.yaml:2:", "t.yaml:3:"])
    }

    @Test("A root key inside the state directory is refused", arguments: ["/srv/s/root.key", "/srv/s/../s/a/root.key", "/srv//s/./k"])
    func rootKeyInsideState(path: String) {
        let found = problems("state: /srv/s/\nroot_key: { file: \(path) }")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("t.yaml:2:11: the root key '\(path)' lies inside the state directory '/srv/s/'") == true)
    }

    @Test("A root key beside the state directory is not inside it", arguments: ["/srv/s2/root.key", "/srv/root.key", "/srv/s/../root.key"])
    func rootKeyBesideState(path: String) {
        #expect(problems("state: /srv/s\nroot_key: { file: \(path) }").isEmpty)
    }

    @Test("A link into the state directory is inside it")
    func rootKeyBehindALink() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.file("state"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: directory.file("link"), withDestinationPath: directory.file("state"))
        #expect(problems("state: \(directory.path)/state\nroot_key: { file: \(directory.path)/link/root.key }").count == 1)
    }

    @Test("A grant for a user that this machine does not know gives nobody anything, and is a warning")
    func unknownUser() throws {
        let result = try reader.read(text: "grants: [{ user: ghost, environments: ['*'], allow: [status] }]", file: "t.yaml")
        #expect(result.configuration.grants?.first?.subject == .user(name: "ghost", id: nil))
        #expect(result.warnings.map(\.description).first?.hasPrefix("t.yaml:1:18: there is no user 'ghost'") == true)
    }

    @Test("An empty list of grants gives nobody anything")
    func noGrants() throws {
        #expect(try read("grants: []").grants == [])
    }

    @Test("A file that everybody may write is refused")
    func worldWritable() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ekmd.yaml")
        try "log: { level: debug }".write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o666)
        #expect(throws: ConfigurationError.self) { try reader.read(path: path) }
        chmod(path, 0o644)
        #expect(try reader.read(path: path).configuration.log.level == .debug)
    }

    @Test("A file that others could put another in the place of is refused, with the command that mends it")
    func replaceable() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ekmd.yaml")
        try "log: { level: debug }".write(toFile: path, atomically: false, encoding: .utf8)
        chmod(path, 0o644)
        chmod(directory.path, 0o777)
        let open = #expect(throws: ConfigurationError.self) { try reader.read(path: path) }
        #expect(open?.description.contains("run: chmod o-w \(directory.path)") == true, "\(String(describing: open))")
        chmod(directory.path, 0o1777)
        #expect(try reader.read(path: path).configuration.log.level == .debug, "as in /tmp, where it is its owner's alone")
        guard geteuid() == 0 else { return }
        chown(path, 12_345, 0)
        let foreign = #expect(throws: ConfigurationError.self) { try reader.read(path: path) }
        #expect(foreign?.description.contains("belongs to user 12345") == true, "\(String(describing: foreign))")
        #expect(foreign?.description.contains("run: chown 0 \(path)") == true, "\(String(describing: foreign))")
    }

    @Test("A file that was named must be there; the default one need not")
    func absent() throws {
        #expect(throws: ConfigurationError.self) { try reader.read(path: "/nonexistent/ekmd.yaml") }
        let nowhere = ConfigurationReader(
            defaults: .init(configuration: "/nonexistent/ekmd.yaml", socket: "/s", state: "/t", rootKey: .file("/k")))
        #expect(try nowhere.read(path: nil).file == nil)
    }

    @Test("The annotated example holds the defaults, but for its grants")
    func example() throws {
        let text = try #require(try ConfigurationFile.read(RepositoryRoot.path + "/etc/ekmd.yaml"))
        var configuration = try read(text)
        let grants = try #require(configuration.grants)
        #expect(
            grants == [
                Grant(
                    subject: .user(name: "app", id: 1001), environments: ["acme/*"],
                    allow: [.encrypt, .decrypt, .dataKey]),
                Grant(
                    subject: .group(name: "ekm-admin", id: 2001), environments: ["*"],
                    allow: [.admin, .status]),
            ])
        configuration.grants = nil
        #expect(configuration == Configuration(defaults: Self.locations))
    }

    @Test("The summary of a configuration is a configuration that says the same")
    func summary() throws {
        let text =
            "cache: { ttl: 90s, on_restriction: purge }\naws: { region: eu-west-1 }\ngrants: [{ user: app, environments: ['a/*'], allow: [admin] }]"
        let result = try reader.read(text: text, file: "t.yaml")
        let summary = ConfigurationSummary(result, defaultFile: "").text.split(separator: "\n").dropFirst().joined(separator: "\n")
        #expect(try read(summary) == result.configuration)
    }
}
