import Glibc

/// Lines for the person who started the program.
enum StandardError {
    static func print(_ text: String) {
        var line = text + "\n"
        _ = line.withUTF8 { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
