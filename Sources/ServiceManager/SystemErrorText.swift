import Glibc

/// The C library's words for an error number.
func systemErrorText(_ number: CInt) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
}
