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
        let sealing = try await peak(cli, ["encrypt", "acme/prod", "--job", "1", "-o", "sealed"]) { fed in
            for _ in 0..<Self.mebibytes { try fed.write(mebibyte) }
        }
        let opening = try await peak(cli, ["decrypt", "-o", "opened"]) { fed in
            let sealed = try FileHandle(forReadingFrom: URL(fileURLWithPath: cli.directory.file("sealed")))
            while let piece = try sealed.read(upToCount: 1 << 20), !piece.isEmpty { try fed.write(Array(piece)) }
        }
        #expect(sealing < 64 << 10, "encrypting took \(sealing) KiB")
        #expect(opening < 64 << 10, "decrypting took \(opening) KiB")
        let same = try await cli.shell("cmp opened <(head -c \(Self.mebibytes)M /dev/zero)")
        #expect(same.succeeded, "\(same.errors)")
    }

    /// The most memory that a command had resident by the time it had read what `feed` wrote, in KiB.
    private func peak(_ cli: CLI, _ arguments: [String], feed: @escaping @Sendable (FedProcess) throws -> Void) async throws -> Int {
        let fed = try FedProcess(cli, arguments, pipe: "pipe-\(arguments[0])")
        let size = try await blocking {
            try feed(fed)
            return try fed.peakMemory()
        }
        fed.finish()
        #expect(try await fed.process.wait() == .exited(0), "\(String(decoding: cli.read("errors"), as: UTF8.self))")
        return size
    }
}
