import ArgumentParser
import Bedrock
import EKMClient
import EKMWire
import Glibc

struct RootExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export the root key, in base64, for a backup.",
        discussion:
            "Prints to standard output only if that is no terminal. With --to, the file must not exist yet; only this user may read it.")

    @Option(help: ArgumentHelp("The file to write.", valueName: "file")) var to: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        if to == nil, Terminal.isOutput {
            throw Failure(
                .usage, "usage", "the root key is not for a terminal", remedy: "Name a file with --to, or pipe the output to your vault.")
        }
        if let to, unsafe access(to, F_OK) == 0 { throw Failure.cannotCreate(to, EEXIST) }
        let client = connection.client()
        let key = try connection.call { () throws(EKMClientError) in try client.blocking.exportRootKey() }
        var text: [UInt8] = []
        text.reserveCapacity(128)
        key.withBytes { Base64.append($0, to: &text) }
        text.append(0x0A)
        if let to {
            defer { text.wipe() }
            try Self.write(text, to: to)
            if connection.json { try JSON.print(["file": to]) }
        } else if connection.json {
            defer { text.wipe() }
            var lines: [UInt8] = []
            lines.reserveCapacity(128)
            lines += [UInt8](#"{"rootKey":""#.utf8)
            lines += text.dropLast()
            lines += [UInt8]("\"}\n".utf8)
            try Terminal.output(&lines)
        } else {
            try Terminal.output(&text)
        }
        if !connection.json {
            Terminal.error(
                """
                ekmctl: this is the root key. Whoever has it and ekmd's state can read all data under managed and material keys.
                        Keep it offline, away from backups of the state.
                """)
        }
    }

    /// A file that only this user may read, and that did not exist.
    private static func write(_ text: [UInt8], to path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotCreate(path, errno) }
        defer { close(descriptor) }
        let written = unsafe text.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == text.count, fsync(descriptor) == 0 else {
            let error = written < 0 ? errno : ENOSPC
            unsafe unlink(path)
            throw .writeFailed(path, error)
        }
    }
}
