import Glibc

/// The C library's words for error numbers.
enum SystemError {
    static func text(_ number: CInt) -> String {
        guard let text = unsafe strerror(number) else { return "error \(number)" }
        return unsafe String(cString: text)
    }
}
