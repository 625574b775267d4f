import TestSupport
import Testing

@Suite("ekmctl encrypts and decrypts")
struct CLIRoundTripTests {
    static let sizes = [0, 1, 65_535, 65_536, 65_537, 262_144, 262_145, 1_048_575, 1_048_576, 1_048_577]

    @Test("through pipes and through files, at every size around its limits")
    func sizes() async throws {
        let cli = try await CLI()
        for size in Self.sizes {
            let plaintext = CLI.bytes(size)
            let ciphertext = try await cli.encrypt(plaintext, ["--job", "42", "--context", "tenant=7"])
            let isStream = Array(ciphertext.prefix(3)) == Array("EKS".utf8)
            #expect(isStream == (size > 262_144))
            if !isStream { #expect(ciphertext.count - size <= 200) }
            let decrypted = try await cli.decrypt(ciphertext, ["--context", "tenant=7"])
            #expect(decrypted.ending == .exited(0), "\(decrypted.errors)")
            let same = decrypted.output == plaintext
            #expect(same, "\(size) bytes")

            try cli.write(plaintext, to: "in")
            try await cli.succeed(["encrypt", "acme/prod", "--event", "in", "-o", "out.ekm"])
            try await cli.succeed(["decrypt", "out.ekm", "-o", "back"])
            #expect(cli.holds(plaintext, "back"), "\(size) bytes")
        }
        #expect(cli.files == ["back", "in", "out.ekm"])
    }

    @Test(
        "under every scope, with at most 128 bytes more, or 200 for jobs",
        arguments: [["--job", "1"], ["--connection", "crm"], ["--event"], ["--log"]])
    func scopes(_ scope: [String]) async throws {
        let cli = try await CLI()
        let ciphertext = try await cli.encrypt([1, 2, 3], scope)
        #expect(ciphertext.count - 3 <= (scope[0] == "--job" ? 200 : 128))
        #expect(try await cli.decrypt(ciphertext).output == [1, 2, 3])
    }

    @Test("and says with --json what it did, beside the data")
    func report() async throws {
        let cli = try await CLI()
        let toFile = try await cli.succeed(["encrypt", "acme/prod", "--log", "--json", "-o", "out.ekm"], input: [1, 2, 3])
        #expect(toFile.text.contains(#""format" : "envelope""#))
        let toPipe = try await cli.succeed(["decrypt", "--json", "out.ekm"])
        #expect(toPipe.output == [1, 2, 3])
        #expect(toPipe.errors.contains(#""plaintext" : 3"#))
    }

    @Test("with the socket named before the command, behind it, and by EKM_SOCKET")
    func sockets() async throws {
        let cli = try await CLI()
        for arguments in [["--socket", cli.daemon.socket, "status"], ["status", "--socket", cli.daemon.socket]] {
            let command = try await Command.run([CLI.program] + arguments, environment: ["EKM_SOCKET": "/nowhere"])
            #expect(command.ending == .exited(0), "\(command.errors)")
        }
        #expect(try await cli.run(["--json", "status"]).text.contains(#""requests""#))
    }

    @Test("and keeps the mode of a file that it replaces, and the link that leads to it")
    func replaces() async throws {
        let cli = try await CLI()
        let made = try await cli.shell(
            """
            set -e; umask 022; echo old > kept; chmod 640 kept; ln -s kept link
            echo new | $EKMCTL encrypt acme/prod --log -o link; echo new | $EKMCTL encrypt acme/prod --log -o fresh
            stat -c '%n %a %F' kept link fresh; $EKMCTL decrypt kept
            """)
        #expect(made.text == "kept 640 regular file\nlink 777 symbolic link\nfresh 644 regular file\nnew\n", "\(made.errors)")
        #expect(cli.files == ["fresh", "kept", "link"])
    }

    @Test("data keys, which open again under their context alone")
    func dataKeys() async throws {
        let cli = try await CLI()
        let generated = try await cli.succeed(["data-key", "generate", "acme/prod", "--job", "1", "--context", "a=b"]).text
        let words = generated.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(words.count == 4 && words[0] == "wrapped" && words[2] == "key")
        #expect(try await cli.succeed(["data-key", "open", words[1], "--context", "a=b"]).text == words[3] + "\n")
        #expect(
            try await cli.succeed(["data-key", "open", "--context", "a=b"], input: Array((words[1] + "\n").utf8)).text == words[3] + "\n")
        #expect(try await cli.run(["data-key", "open", words[1]]).ending == .exited(65))
        #expect(try await cli.run(["data-key", "open", "@@@@"]).ending == .exited(65))
    }
}
