import Testing

@testable import ekmd

/// `etc/ekmd.yaml` is the documentation of the configuration.
@Suite("The annotated example of the configuration")
struct ConfigurationExampleTests {
    private let reader = ConfigurationReader(
        defaults: ConfigurationLocations(
            configuration: "/etc/ekmd/ekmd.yaml", socket: "/run/ekmd/ekmd.sock", state: "/var/lib/ekmd",
            rootKey: .file("/etc/ekmd/root.key")))

    /// What the reader knows, as it tells whoever writes another key there.
    private func known(in section: String?) throws -> [String] {
        let text = section.map { "\($0): { nonsense: 1 }" } ?? "nonsense: 1"
        do {
            _ = try reader.read(text: text, file: "t.yaml")
            return []
        } catch {
            let message = try #require(error.problems.map(\.message).first { $0.contains("known: ") })
            return message.split(separator: "known: ").last?.split(separator: ", ").map(String.init) ?? []
        }
    }

    /// The file's lines, without comments.
    private static let lines: [Substring] = {
        let text = (try? ConfigurationFile.read(RepositoryRoot.path + "/etc/ekmd.yaml")) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }()

    @Test("Each key at the top of the file stands in it")
    func top() throws {
        let known = try known(in: nil)
        #expect(known.count >= 11)
        #expect(known.filter { key in !Self.lines.contains { $0.hasPrefix("\(key):") } } == [])
    }

    @Test(
        "Each key of a section stands in it",
        arguments: ["cache", "kms", "replacement", "repack", "managed", "aws", "limits", "log"])
    func sections(section: String) throws {
        let start = try #require(Self.lines.firstIndex { $0.hasPrefix("\(section):") })
        let block = [Self.lines[start].dropFirst(section.count + 1)] + Self.lines[(start + 1)...].prefix { $0.hasPrefix(" ") }
        let known = try known(in: section)
        #expect(!known.isEmpty)
        #expect(known.filter { key in !block.contains { $0.contains(" \(key): ") } } == [])
    }
}
