import ArgumentParser
import Bedrock
import EKMClient
import EKMWire
import Glibc

struct RootExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export the root key, in base64, for a backup.",
        discussion: """
            With --to, the file must not exist yet; only this user may read it. Otherwise, or with --to -, it goes to standard output if that is \
            no terminal. The daemon notes a backup once it is whole, in a file and on the disk; what goes into a pipe counts after root confirm.
            """)

    @Option(help: ArgumentHelp("The file to write; standard output if none, or -.", valueName: "file")) var to: String?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let file = to == "-" ? nil : to
        if file == nil, Terminal.isOutput {
            throw Failure(
                .usage, "usage", "the root key is not for a terminal", remedy: "Name a file with --to, or pipe the output to your vault.")
        }
        if let file, unsafe access(file, F_OK) == 0 { throw Failure.cannotCreate(file, EEXIST) }
        if let file { try Self.requireApart(file) }
        let client = connection.client()
        let key = try connection.call { () throws(EKMClientError) in try client.blocking.exportRootKey() }
        var text: [UInt8] = []
        text.reserveCapacity(128)
        key.withBytes { Base64.append($0, to: &text) }
        text.append(0x0A)
        let isNoted: Bool
        if let file {
            defer { text.wipe() }
            try Self.write(text, to: file)
            isNoted = try Self.confirm(try RootKeyCopy.id(in: file), in: file, connection)
            if connection.json { try JSON.print(["file": file]) }
        } else {
            let id = try key.withBytes { (key) throws(Failure) in try RootKeyCopy.id(of: key) }
            if connection.json {
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
            isNoted = try Self.isKept(STDOUT_FILENO) && Self.confirm(id, in: OutputFile.standardOutputName, connection)
        }
        if !connection.json {
            Terminal.error(
                """
                ekmctl: this is the root key. Whoever has it and ekmd's state can read all data under managed and material keys.
                        Keep it offline, away from backups of the state.
                """)
            if !isNoted { Terminal.error("        ekmd does not know whether it arrived. Read it back there: ekmctl root confirm FILE") }
        }
    }

    /// Whether what was written to it stands in a file, on the disk.
    private static func isKept(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && fsync(descriptor) == 0
    }

    private static func confirm(_ id: String, in name: String, _ connection: ConnectionOptions) throws(Failure) -> Bool {
        do throws(Failure) { try RootKeyCopy.confirm(id, connection) } catch {
            throw Failure(
                error.exitCode, error.name, "the root key is in \(name), but the daemon did not note it: \(error.message)",
                remedy: "Keep the copy, and have it noted with: ekmctl root confirm FILE")
        }
        return true
    }

    /// Whoever copies the state would have its key as well.
    private static func requireApart(_ file: String) throws(Failure) {
        let directory = file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) : "."
        guard unsafe access(directory + "/store.sqlite", F_OK) == 0 else { return }
        throw Failure(
            .usage, "usage", "\(directory.isEmpty ? "/" : directory) holds a key store: its root key would go with every backup of it",
            remedy: "Name a file elsewhere, best on a medium that you can take away.")
    }

    /// A file that only this user may read, and that did not exist.
    private static func write(_ text: [UInt8], to path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cannotCreate(path, errno) }
        defer { close(descriptor) }
        let written = unsafe text.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        guard written == text.count, fsync(descriptor) == 0 else {
            let error = written < 0 || written == text.count ? errno : ENOSPC
            unsafe unlink(path)
            throw .writeFailed(path, error)
        }
        let error = OutputTarget.syncDirectory(path)
        if error != 0 { throw .writeFailed(path, error) }
    }
}
