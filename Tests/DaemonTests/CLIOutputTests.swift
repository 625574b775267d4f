import Foundation
import TestSupport
import Testing

@testable import ekmctl

@Suite("ekmctl leaves no half-written file")
struct CLIOutputTests {
    @Test("where Ctrl-C, or another signal, ends it in the middle", arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL])
    func signals(_ signal: Int32) async throws {
        let cli = try await CLI()
        try cli.write([9], to: "out")
        let fed = try FedProcess(cli, ["encrypt", "acme/prod", "--log", "-o", "out"], pipe: "pipe")
        // More than the pipe holds: when all of it is written, most of it was read.
        try await blocking { try fed.write(CLI.bytes(1 << 20)) }
        fed.process.signal(signal)
        #expect(try await fed.process.wait() == .signalled(signal))
        #expect(cli.files == ["errors", "out", "pipe"])
        #expect(cli.holds([9], "out"))
    }

    @Test("where the file may not grow any further")
    func fileSize() async throws {
        let cli = try await CLI()
        try cli.write(CLI.bytes(2 << 20), to: "in")
        let command = try await cli.shell("ulimit -f 1024; exec $EKMCTL encrypt acme/prod --log in -o out")
        #expect(command.ending == .exited(74), "\(command.errors)")
        #expect(command.errors.contains("File too large"))
        #expect(cli.files == ["in"])
    }

    @Test("where the disk is full", .enabled(if: geteuid() == 0, "mounting a small file system takes root; the size limit is tried by all"))
    func fullDisk() async throws {
        let cli = try await CLI()
        let command = try await cli.shell(
            """
            mkdir full; unshare -m bash -c '
                mount -t tmpfs -o size=1m none full || exit 99
                head -c 4M /dev/zero | $EKMCTL encrypt acme/prod --log -o full/out; code=$?
                ls -A full; exit $code'
            """)
        #expect(command.ending == .exited(74), "\(command.errors)")
        #expect(command.errors.contains("No space left"))
        #expect(command.text.isEmpty)
    }

    @Test("where a stream turns out to be changed at its end, and what stood there stays")
    func changedStream() async throws {
        let cli = try await CLI()
        var stream = try await cli.encrypt(CLI.bytes(1 << 20))
        stream[stream.count - 1] ^= 1
        try cli.write(stream, to: "in")
        try cli.write([9], to: "out")
        #expect(try await cli.run(["decrypt", "in", "-o", "out"]).ending == .exited(65))
        #expect(cli.files == ["in", "out"])
        #expect(cli.holds([9], "out"))
    }

    @Test("and gives no plaintext to what has the number of a standard output that was closed")
    func closedOutput() async throws {
        let cli = try await CLI()
        try cli.write(try await cli.encrypt([1, 2, 3]), to: "in")
        let command = try await cli.shell("exec $EKMCTL decrypt in >&-")
        #expect(command.ending == .exited(74), "\(command.errors)")
        #expect(command.errors.contains("Bad file descriptor"), "\(command.errors)")
        #expect(try await cli.shell("exec $EKMCTL encrypt acme/prod --log <&-").ending == .exited(74))
        // With nowhere to say it.
        #expect(try await cli.shell("exec $EKMCTL decrypt in >&- 2>&-").ending == .exited(74))
    }

    @Test("and ends with an error where its reader went away")
    func brokenPipe() async throws {
        let cli = try await CLI()
        let command = try await cli.shell(
            """
            head -c 8M /dev/zero | $EKMCTL encrypt acme/prod --log -o big.ekm
            $EKMCTL decrypt big.ekm | head -c 10 > few; echo ${PIPESTATUS[0]}
            """)
        #expect(command.text == "74\n", "\(command.errors)")
        #expect(cli.read("few").count == 10)
    }

    @Test("and writes no ciphertext to a terminal, unless asked")
    func terminal() async throws {
        let cli = try await CLI()
        let plain = try await cli.shell("script -qec \"$EKMCTL encrypt acme/prod --log /etc/hostname\" /dev/null < /dev/null")
        #expect(plain.ending == .exited(64))
        let asked = try await cli.shell("script -qec \"$EKMCTL encrypt acme/prod --log --to-terminal /etc/hostname\" /dev/null < /dev/null")
        #expect(asked.ending == .exited(0))
    }

    @Test("on file systems that know no files without a name", arguments: [true, false])
    func hiddenFile(_ commits: Bool) throws {
        let directory = try TemporaryDirectory()
        let names = { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }
        for old in [false, true] {
            if old { try Data([9]).write(to: URL(fileURLWithPath: directory.file("out"))) }
            do {
                let output = try OutputFile(directory.file("out"), allowsUnnamed: false)
                try output.write(array: [1, 2, 3])
                #expect(try names().filter { $0.hasSuffix(".part") }.count == 1)
                if commits { try output.commit() }
            }
            #expect(try names() == (commits || old ? ["out"] : []))
            if commits { #expect(try Array(Data(contentsOf: URL(fileURLWithPath: directory.file("out")))) == [1, 2, 3]) }
        }
        for number in SignalGuard.ending { signal(number, SIG_DFL) }
    }
}
