import TestSupport
import Testing

@Suite("ekmctl refuses with exit code 65")
struct CLIRefusalTests {
    @Test("an envelope with any byte changed", arguments: [["--job", "1"], ["--connection", "crm"], ["--event"], ["--log"]])
    func envelope(_ scope: [String]) async throws {
        let cli = try await CLI()
        let ciphertext = try await cli.encrypt([1, 2, 3], scope)
        for offset in ciphertext.indices {
            var changed = ciphertext
            changed[offset] ^= 1 << UInt8(offset % 8)
            try await refused(cli, changed, "byte \(offset)")
        }
    }

    @Test("a stream with a byte of its header, its commitment, a chunk or a tag changed")
    func stream() async throws {
        let cli = try await CLI()
        let stream = try await cli.encrypt(CLI.bytes(300_000))
        let header = 72 + Int(stream[6]) << 8 + Int(stream[7])
        for offset in Array(stride(from: 0, to: header, by: 3)) + [header, header + 65_551, header + 65_552, stream.count - 1] {
            var changed = stream
            changed[offset] ^= 1 << UInt8(offset % 8)
            try await refused(cli, changed, "byte \(offset)")
        }
    }

    @Test("what was cut or lengthened, and what is no ciphertext at all")
    func cut() async throws {
        let cli = try await CLI()
        let envelope = try await cli.encrypt([1, 2, 3])
        let stream = try await cli.encrypt(CLI.bytes(300_000))
        for whole in [envelope, stream] {
            for count in [1, 2, 16, 60, whole.count / 2, whole.count - 16, whole.count - 1] {
                try await refused(cli, Array(whole.prefix(count)), "\(count) of \(whole.count) bytes")
            }
            try await refused(cli, whole + [0], "a byte appended")
        }
        let header = 72 + Int(stream[6]) << 8 + Int(stream[7])
        try await refused(cli, Array(stream.prefix(header + 2 * 65_552)), "cut at a chunk's end")
        let swapped =
            stream[..<header] + stream[(header + 65_552)..<(header + 131_104)] + stream[header..<(header + 65_552)]
            + stream[(header + 131_104)...]
        try await refused(cli, Array(swapped), "swapped chunks")
        try await refused(cli, [], "nothing")
        try await refused(cli, CLI.bytes(5000), "something else")
    }

    @Test("another context, and none")
    func context() async throws {
        let cli = try await CLI()
        for size in [3, 300_000] {
            let ciphertext = try await cli.encrypt(CLI.bytes(size), ["--log", "--context", "a=b", "--context", "c=d"])
            #expect(try await cli.decrypt(ciphertext, ["--context", "c=d", "--context", "a=b"]).ending == .exited(0))
            for context in [[], ["--context", "a=b"], ["--context", "a=bcd"], ["--context", "a=b", "--context", "c=e"]] {
                try await refused(cli, ciphertext, "\(context)", context)
            }
        }
    }

    @Test("a header that was rewritten to another environment, or to none")
    func environment() async throws {
        let cli = try await CLI(environments: ["acme/prod", "globex/prod"])
        let own = try await cli.identifier("acme/prod")
        let other = try await cli.identifier("globex/prod")
        for size in [3, 300_000] {
            let ciphertext = try await cli.encrypt(CLI.bytes(size))
            let place = try #require(ciphertext.firstRange(of: own))
            for id in [other, [UInt8](repeating: 7, count: 16)] {
                var rewritten = ciphertext
                rewritten.replaceSubrange(place, with: id)
                try await refused(cli, rewritten, "\(size) bytes")
            }
        }
    }

    private func refused(_ cli: CLI, _ ciphertext: [UInt8], _ what: String, _ arguments: [String] = []) async throws {
        let command = try await cli.decrypt(ciphertext, arguments + ["-o", "refused"])
        #expect(command.ending == .exited(65), "\(what): \(command.errors)")
        #expect(cli.files.isEmpty, "\(what)")
    }
}
