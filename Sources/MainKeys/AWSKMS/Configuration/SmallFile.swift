internal import Bedrock
internal import CLinux
internal import Glibc

/// Reads a whole small file that may hold a secret.
enum SmallFile {
    struct Unreadable: Error {
        /// `ENOENT`, or another `errno`; `EFBIG` when it is longer than the limit.
        let code: CInt
        var reason: String { unsafe String(cString: strerror(code)) }
        var isMissing: Bool { code == ENOENT || code == ENOTDIR }
    }

    /// Whether nobody wrote the file within the last two seconds; of one that is not there, true.
    static func isSettled(_ path: String) -> Bool {
        var (status, now) = (stat(), timespec())
        guard unsafe stat(path, &status) == 0, unsafe clock_gettime(CLOCK_REALTIME, &now) == 0 else { return true }
        return now.tv_sec - status.st_mtim.tv_sec > 2 || status.st_mtim.tv_sec > now.tv_sec
    }

    static func read(_ path: String, limit: Int = 1 << 20) throws(Unreadable) -> WipedBytes {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Unreadable(code: errno) }
        defer { close(file) }
        let content = WipedBytes(capacity: 4096)
        let part = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
        defer {
            unsafe part.wipe()
            unsafe part.deallocate()
        }
        while true {
            let count = unsafe Glibc.read(file, part.baseAddress, part.count)
            if count == 0 { return content }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Unreadable(code: errno) }
            guard content.count + count <= limit else { throw Unreadable(code: EFBIG) }
            unsafe content.append(UnsafeRawBufferPointer(rebasing: part[..<count]))
        }
    }
}
