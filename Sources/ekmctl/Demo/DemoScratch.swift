import CLinux
import Glibc

/// A file without a name for ciphertext, gone when it is closed.
final class DemoScratch {
    private let descriptor: Int32

    init() throws(Failure) {
        var template = Array("/tmp/ekmctl-demo.XXXXXX".utf8CString)
        descriptor = unsafe mkstemp(&template)
        guard descriptor >= 0 else { throw .cannotCreate("/tmp", errno) }
        unsafe unlink(template)
    }

    deinit { close(descriptor) }

    func write(_ bytes: RawSpan) throws(Failure) {
        var offset = 0
        while offset < bytes.byteCount {
            let rest = bytes.extracting(offset..<bytes.byteCount)
            let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw .writeFailed("/tmp", errno) }
            offset += written
        }
    }

    func rewind() throws(Failure) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .readFailed("/tmp", errno) }
    }

    func read(_ span: inout MutableRawSpan) throws(Failure) -> Int {
        let got = unsafe span.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        guard got >= 0 else { throw .readFailed("/tmp", errno) }
        return got
    }
}
