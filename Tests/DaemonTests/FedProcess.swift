import Foundation
import TestSupport

/// A running `ekmctl` whose standard input a test writes piece by piece.
final class FedProcess: Sendable {
    let process: ChildProcess
    private let descriptor: Int32

    init(_ cli: CLI, _ arguments: [String], pipe name: String) throws {
        let pipe = cli.directory.file(name)
        guard mkfifo(pipe, 0o600) == 0 else { throw ProcessFailure("cannot make a pipe: \(errno)") }
        // Both ends, so that opening it waits for nobody.
        descriptor = open(pipe, O_RDWR | O_CLOEXEC | O_NONBLOCK)
        process = try ChildProcess(
            [CLI.program] + arguments, environment: cli.variables, directory: cli.directory.path, input: pipe,
            errors: cli.directory.file("errors"))
    }

    deinit { close(descriptor) }

    /// Writes all bytes as they are read; returns when at most a pipe's content is left of them.
    /// - Throws: where the process ends before.
    func write(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                offset += written
            } else if let ending = process.state {
                throw ProcessFailure("ekmctl ended while it was fed: \(ending)")
            } else {
                usleep(500)
            }
        }
    }

    /// Waits until the process has taken all that was written, then reads the most memory it ever had resident, in KiB.
    func peakMemory() throws -> Int {
        var waiting: Int32 = 1
        while waiting > 0, process.state == nil {
            _ = ioctl(descriptor, UInt(FIONREAD), &waiting)
            usleep(500)
        }
        let status = try String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard let size = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
            throw ProcessFailure("the kernel does not tell the memory of \(process.identifier)")
        }
        return size
    }

    /// Ends the input.
    func finish() {
        let nothing = open("/dev/null", O_RDONLY)
        dup2(nothing, descriptor)
        close(nothing)
    }
}
