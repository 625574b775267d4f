import Foundation
import TestSupport
import Testing

@testable import ekmctl

@Suite("Text that others chose")
struct CLIPlainTextTests {
    @Test(
        "is shown for what it is, where it would move the cursor, change colours or reorder a line",
        arguments: [
            ("plain, with ümlauts and 漢字", "plain, with ümlauts and 漢字"), ("\u{1B}[2J", "\\u{1b}[2J"), ("a\rb\u{8}", "a\\u{d}b\\u{8}"),
            ("\u{9B}31m\u{7F}", "\\u{9b}31m\\u{7f}"), ("\u{202E}evil", "\\u{202e}evil"), ("\u{2028}x", "\\u{2028}x"),
            ("tab\t", "tab\\u{9}"),
            ("two\nlines", "two\\u{a}lines"), ("", ""),
        ])
    func line(text: String, shown: String) {
        #expect(PlainText.line(text) == shown)
        #expect(PlainText.lines(text) == shown.replacingOccurrences(of: "\\u{a}", with: "\n"))
    }

    @Test("comes to a terminal so, also where it was signed; JSON has it untouched")
    func receipt() async throws {
        let cli = try await CLI()
        let connection = "crm\u{1B}]0;title\u{7}\ncause        retention\u{202E}"
        _ = try await cli.encrypt([1], ["--connection", connection])
        let erased = try await cli.succeed(["erase", "acme/prod", "--connection", connection, "--yes-erase", "acme/prod"])
        let list = try await cli.succeed(["receipt", "list", "acme/prod"])
        let id = try #require(list.text.split(separator: "\n").last?.split(separator: " ").first.map(String.init))
        let shown = try await cli.succeed(["receipt", "show", id])
        try await cli.succeed(["receipt", "show", id, "-o", "receipt"])
        let verified = try await cli.shell(
            "$EKMCTL receipt public-key >key && $EKMCTL receipt verify receipt --public-key \"$(cat key)\"")
        #expect(verified.succeeded, "\(verified.errors)")
        for text in [erased.text + erased.errors, list.text, shown.text, verified.text] {
            #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202E}" }, "\(text)")
            #expect(!text.split(separator: "\n").contains { $0.hasPrefix("cause        retention") }, "\(text)")
        }
        #expect(shown.text.contains("crm\\u{1b}]0;title\\u{7}\\u{a}cause"), "\(shown.text)")
        let json = try await cli.succeed(["receipt", "list", "acme/prod", "--json"]).output
        let subjects = (try JSONSerialization.jsonObject(with: Data(json)) as? [[String: Any]])?.map { $0["subject"] as? String }
        #expect(subjects == ["connection \(connection)"])
    }

    @Test("that the daemon passes on is one line of its error")
    func failure() async throws {
        let cli = try await CLI()
        let command = try await cli.run(["receipt", "show", "\u{1B}[31m\nekmctl: all is well"])
        #expect(command.ending != .exited(0))
        #expect(!command.errors.contains("\u{1B}"), "\(command.errors)")
    }
}
