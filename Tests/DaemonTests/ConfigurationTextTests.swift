import Testing

@testable import ekmd

@Suite("Durations, sizes and patterns of the configuration")
struct ConfigurationTextTests {
    @Test(
        "Durations are a whole number and a unit",
        arguments: [
            ("500ms", Duration.milliseconds(500)), ("90s", .seconds(90)), ("5m", .seconds(300)), ("24h", .seconds(86400)),
            ("7d", .seconds(604_800)),
            ("0s", .zero),
        ])
    func durations(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(
        "What is no duration is none",
        arguments: [
            "", "5", "m", "5 m", " 5m", "5M", "-5m", "+5m", "1.5h", "5m30s", "1_000s", "0x5s", "٥m", "9223372036854775807d",
            "99999999999999999999s",
        ])
    func noDurations(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test("Durations are written in their largest whole unit", arguments: ["500ms", "90s", "5m", "23h", "1d", "1500ms"])
    func durationText(text: String) {
        #expect(DurationText.parse(text).map(DurationText.text(of:)) == text)
    }

    @Test(
        "Sizes are bytes, or whole KiB, MiB, GiB",
        arguments: [("0", 0), ("4096", 4096), ("64KiB", 65536), ("1MiB", 1 << 20), ("2GiB", 2 << 30)])
    func sizes(text: String, bytes: Int) {
        #expect(SizeText.parse(text) == bytes)
    }

    @Test(
        "What is no size is none", arguments: ["", "KiB", "1kb", "1KB", "1 MiB", "-1", "1.5MiB", "0x10", "1_000", "9223372036854775807GiB"])
    func noSizes(text: String) {
        #expect(SizeText.parse(text) == nil)
    }

    @Test(
        "Patterns are *, workspace/* and workspace/environment",
        arguments: ["*", "acme/*", "acme/prod", "0/1", "a-b/c-", String(repeating: "a", count: 63) + "/x"])
    func patterns(text: String) {
        #expect(EnvironmentPattern(text)?.text == text)
    }

    @Test(
        "What is no pattern is none",
        arguments: [
            "", "acme", "*/*", "*/prod", "acme/", "/prod", "acme/p*", "acme/prod/x", "Acme/prod", "-a/b", "a_b/c", "a b/c",
            String(repeating: "a", count: 64) + "/x",
        ])
    func noPatterns(text: String) {
        #expect(EnvironmentPattern(text) == nil)
    }

    @Test("Root's things lie in the system's directories")
    func rootLocations() throws {
        let locations = try ConfigurationLocations(user: 0, home: "/root") { ["XDG_STATE_HOME": "/x", "XDG_RUNTIME_DIR": "/y"][$0] }
        #expect(
            locations
                == .init(
                    configuration: "/etc/ekmd/ekmd.yaml", socket: "/run/ekmd/ekmd.sock", state: "/var/lib/ekmd",
                    rootKey: .file("/etc/ekmd/root.key")))
    }

    @Test("A user's things lie in the XDG directories")
    func userLocations() throws {
        let variables = ["XDG_RUNTIME_DIR": "/run/user/7", "XDG_STATE_HOME": "/h/s", "XDG_CONFIG_HOME": "/h/c", "HOME": "/h"]
        let locations = try ConfigurationLocations(user: 7, home: nil) { variables[$0] }
        #expect(
            locations
                == .init(
                    configuration: "/h/c/ekmd/ekmd.yaml", socket: "/run/user/7/ekmd/ekmd.sock", state: "/h/s/ekmd",
                    rootKey: .file("/h/c/ekmd/root.key")))
    }

    @Test("Without XDG directories they lie below the home and in a private directory of /tmp; relative ones do not count")
    func fallbackLocations() throws {
        let locations = try ConfigurationLocations(user: 7, home: "/home/u") { ["XDG_RUNTIME_DIR": "run", "XDG_STATE_HOME": ""][$0] }
        #expect(
            locations
                == .init(
                    configuration: "/home/u/.config/ekmd/ekmd.yaml", socket: "/tmp/ekmd-7/ekmd.sock", state: "/home/u/.local/state/ekmd",
                    rootKey: .file("/home/u/.config/ekmd/root.key")))
    }

    @Test("A service's things lie where the service manager made room for them")
    func serviceLocations() throws {
        let variables = [
            "RUNTIME_DIRECTORY": "/run/ekmd", "STATE_DIRECTORY": "/var/lib/ekmd:/var/lib/other", "CONFIGURATION_DIRECTORY": "/etc/ekmd",
        ]
        let locations = try ConfigurationLocations(user: 61000, home: "/") { variables[$0] }
        #expect(
            locations
                == .init(
                    configuration: "/etc/ekmd/ekmd.yaml", socket: "/run/ekmd/ekmd.sock", state: "/var/lib/ekmd",
                    rootKey: .file("/etc/ekmd/root.key")))
    }

    @Test("Without any home there is no place to keep the state")
    func homeless() {
        #expect(throws: ConfigurationError.self) { try ConfigurationLocations(user: 7, home: nil) { _ in nil } }
    }
}
