import Bedrock
import Glibc

/// Standard output and standard error.
enum Terminal {
    static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }
    static var isError: Bool { isatty(STDERR_FILENO) == 1 }
    static var isInput: Bool { isatty(STDIN_FILENO) == 1 }

    /// Prints a line, or several, for the reader of the result.
    /// - Parameter clearing: whether what stood on the screen goes.
    static func output(_ text: String, clearing: Bool = false) throws(Failure) {
        try output(verbatim: (clearing ? "\u{1B}[H\u{1B}[2J" : "") + PlainText.lines(text))
    }

    /// Prints a line for a program.
    static func output(verbatim text: String) throws(Failure) {
        var bytes = [UInt8]((text + "\n").utf8)
        try output(&bytes)
    }

    /// Prints bytes, and wipes them.
    static func output(_ bytes: inout [UInt8]) throws(Failure) {
        defer { bytes.wipe() }
        let error = write(bytes, to: STDOUT_FILENO)
        if error != 0 { throw .writeFailed(OutputFile.standardOutputName, error) }
    }

    /// Prints a line, or several, for the person.
    static func error(_ text: String) { error(verbatim: PlainText.lines(text)) }

    /// Prints a line for a program.
    static func error(verbatim text: String) { _ = write([UInt8]((text + "\n").utf8), to: STDERR_FILENO) }

    /// Prints without a new line.
    /// - Parameter overwriting: whether it stands in the place of the line that was drawn last.
    static func errorPart(_ text: String, overwriting: Bool = false) {
        _ = write([UInt8](((overwriting ? "\r\u{1B}[K" : "") + PlainText.line(text)).utf8), to: STDERR_FILENO)
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: buffer[offset...]).baseAddress, bytes.count - offset)
            }
            if written < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += written
        }
        return 0
    }
}
