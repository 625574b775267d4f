import CLinux
import CSystemd
import Glibc

/// Where log records go.
package enum LogSink: Sendable {
    /// The journal, with fields of their own.
    case journal
    /// Text lines on standard error.
    case standardError

    /// The journal where standard error is connected to it (`$JOURNAL_STREAM`, systemd.exec(5)), else standard error.
    package static func detected() -> LogSink {
        guard let value = unsafe getenv("JOURNAL_STREAM") else { return .standardError }
        var status = stat()
        guard unsafe fstat(STDERR_FILENO, &status) == 0 else { return .standardError }
        return isJournal(stream: unsafe String(cString: value), device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
            ? .journal : .standardError
    }

    /// Whether `device:inode`, as the manager wrote it, names this file.
    static func isJournal(stream: String, device: UInt64, inode: UInt64) -> Bool {
        stream == "\(device):\(inode)"
    }

    package func write(_ record: LogRecord) {
        switch self {
        // A full or absent journal must not take the service down; the text line is what is left then.
        case .journal: if !Self.sendToJournal(record.journalFields) { Self.sendToStandardError(record.line) }
        case .standardError: Self.sendToStandardError(record.line)
        }
    }

    private static func sendToJournal(_ fields: [[UInt8]]) -> Bool {
        let lengths = fields.map(\.count)
        let total = lengths.reduce(0, +)
        guard total > 0 else { return true }
        return unsafe withUnsafeTemporaryAllocation(byteCount: total, alignment: 1) { bytes in
            unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: fields.count) { vectors in
                var offset = 0
                for (index, field) in fields.enumerated() {
                    let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<offset + field.count])
                    unsafe part.copyBytes(from: field)
                    unsafe vectors.initializeElement(at: index, to: iovec(iov_base: part.baseAddress, iov_len: field.count))
                    offset += field.count
                }
                return unsafe sd_journal_sendv(vectors.baseAddress, CInt(fields.count)) == 0
            }
        }
    }

    /// One write for one line, so that lines of several threads do not mix.
    private static func sendToStandardError(_ line: String) {
        var text = line + "\n"
        _ = text.withUTF8 { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
