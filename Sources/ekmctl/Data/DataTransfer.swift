import EKMClient
import EKMStreams
import EKMWire

/// Moves the data of one command between input, daemon and output.
struct DataTransfer {
    /// The most plaintext that goes through the daemon, in bytes.
    private static let preferredLimit = 256 * 1024

    let client: EKMClient
    let connection: ConnectionOptions

    /// How much plaintext goes through the daemon in one call, in bytes.
    func largestInOneCall(_ environment: String, _ scope: Scope, _ context: EncryptionContext) throws(Failure) -> Int {
        min(Self.preferredLimit, try daemon().largestPlaintext(environment: environment, scope: scope, context: context))
    }

    /// How much ciphertext does.
    func largestCiphertext(_ context: EncryptionContext) throws(Failure) -> Int {
        DecryptRequest(context: context).largestCiphertext(frames: try daemon().largestFrame)
    }

    private func daemon() throws(Failure) -> DaemonInfo {
        try connection.call { () throws(EKMClientError) in try client.blocking.daemon() }
    }

    /// Streams from input to output, with a progress bar.
    func stream(
        _ title: String, _ input: InputFile, _ output: borrowing OutputFile,
        _ run: (
            _ read: (inout MutableRawSpan) throws -> Int, _ write: (RawSpan) throws -> Void, _ progress: (UInt64) -> Void
        ) throws(StreamError) -> UInt64
    ) throws(Failure) -> TransferReport {
        var bar = ProgressBar(title, total: input.size)
        defer { bar.end() }
        var read: UInt64 = 0
        var written: UInt64 = 0
        do {
            let size = try run(
                { span in
                    let count = try input.read(&span)
                    read += UInt64(count)
                    return count
                },
                { bytes in
                    try output.write(bytes)
                    written += UInt64(bytes.byteCount)
                },
                { bar.update($0) })
            return TransferReport(format: .stream, plaintext: Int(size), ciphertext: Int(max(read, written)), secondsLeft: nil)
        } catch {
            throw Failure(error, socket: connection.socketPath)
        }
    }
}
