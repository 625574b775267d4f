import Foundation
import TestSupport
import Testing

@Suite("A stream through ekmctl")
struct StreamMemoryTests {
    private static let mebibytes = 256

    @Test("of 256 MiB takes under 64 MiB of memory, both ways, and comes back whole")
    func memory() async throws {
        let cli = try await CLI()
        let mebibyte = [UInt8](repeating: 0, count: 1 << 20)
        let sealing = try await peak(cli, ["encrypt", "acme/prod", "--job", "1", "-o", "sealed"]) { writer in
            for _ in 0..<Self.mebibytes { try writer.write(contentsOf: mebibyte) }
        }
        let opening = try await peak(cli, ["decrypt", "-o", "opened"]) { writer in
            let sealed = try FileHandle(forReadingFrom: URL(fileURLWithPath: cli.directory.file("sealed")))
            while let piece = try sealed.read(upToCount: 1 << 20), !piece.isEmpty { try writer.write(contentsOf: piece) }
        }
        #expect(sealing < 64 << 10, "encrypting took \(sealing) KiB")
        #expect(opening < 64 << 10, "decrypting took \(opening) KiB")
        let same = try await cli.shell("cmp opened <(head -c \(Self.mebibytes)M /dev/zero)")
        #expect(same.succeeded, "\(same.errors)")
    }

    /// The most memory that a command had resident by the time it had read what `feed` wrote, in KiB.
    private func peak(_ cli: CLI, _ arguments: [String], feed: @escaping @Sendable (FileHandle) throws -> Void) async throws -> Int {
        let pipe = cli.directory.file("pipe-\(arguments[0])")
        try #require(mkfifo(pipe, 0o600) == 0)
        // Both ends, so that opening it waits for nobody.
        let descriptor = open(pipe, O_RDWR | O_CLOEXEC)
        let process = try ChildProcess(
            [CLI.program] + arguments, environment: cli.variables, directory: cli.directory.path, input: pipe,
            errors: cli.directory.file("errors"))
        let writer = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        try await blocking { try feed(writer) }
        let status = try String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
        close(descriptor)
        #expect(try await process.wait() == .exited(0), "\(String(decoding: cli.read("errors"), as: UTF8.self))")
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }
}
