import Glibc
import TestSupport
import Testing

@testable import EKMServer

@Suite("The listening socket")
struct ListeningSocketTests {
    @Test("It gets its mode and a directory of its own", arguments: [UInt32(0o600), 0o660]) func mode(_ mode: UInt32) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("run/ekmd.sock")
        let socket = try ListeningSocket(path: path, mode: mode, group: nil)
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o7777 == mode)
        #expect(lstat(directory.file("run"), &status) == 0 && status.st_mode & 0o7777 == 0o700)
        _ = consume socket
    }

    @Test("A socket on which somebody answers is left alone; one that is left over is replaced") func leftOver() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("ekmd.sock")
        let first = try ListeningSocket(path: path, mode: 0o600, group: nil)
        #expect(throws: ServerError(.inUse, "")) { _ = try ListeningSocket(path: path, mode: 0o600, group: nil) }
        close(first.take())
        #expect(access(path, F_OK) == 0)
        _ = try ListeningSocket(path: path, mode: 0o600, group: nil)
    }

    @Test("A file that is no socket is not touched") func notASocket() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("precious")
        close(open(path, O_CREAT | O_WRONLY, 0o600))
        #expect(throws: ServerError(.invalidPath, "")) { _ = try ListeningSocket(path: path, mode: 0o600, group: nil) }
        #expect(access(path, F_OK) == 0)
    }

    @Test("A path that is too long is refused with its limit") func tooLong() throws {
        let error = #expect(throws: ServerError.self) {
            _ = try ListeningSocket(path: "/tmp/" + String(repeating: "x", count: 103), mode: 0o600, group: nil)
        }
        #expect(error?.code == .invalidPath && error?.message.contains("107") == true)
    }

    @Test("A directory that cannot be made is named") func noDirectory() throws {
        let error = #expect(throws: ServerError.self) { _ = try ListeningSocket(path: "/proc/nowhere/ekmd.sock", mode: 0o600, group: nil) }
        #expect(error?.code == .cannotListen && error?.message.contains("/proc/nowhere") == true)
    }
}
