import Glibc

/// Standard output for the result, standard error for the person.
enum Terminal {
    static func output(_ text: String) throws(Failure) {
        let error = write(text + "\n", to: STDOUT_FILENO)
        if error != 0 { throw .system("the result could not be written", error, remedy: "See where standard output goes.") }
    }

    static func error(_ text: String, newLine: Bool = true) { _ = write(newLine ? text + "\n" : text, to: STDERR_FILENO) }

    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: buffer[offset...]).baseAddress, bytes.count - offset)
            }
            if written < 0, errno != EINTR { return errno }
            offset += max(0, written)
        }
        return 0
    }
}
