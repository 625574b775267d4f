internal import Glibc

/// A pair of sockets that wakes the thread that polls the socket.
struct Wake: ~Copyable, Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(EKMClientError) {
        var ends: [Int32] = [-1, -1]
        // Not a pipe: this makes both ends non-blocking and closed on exec in one call.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw EKMClientError(
                .connectionFailed, "This process has no file descriptor left for a connection.", remedy: "Raise its limit.")
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func wake() {
        var byte: UInt8 = 1
        // A full socket wakes as well.
        _ = unsafe send(writeEnd, &byte, 1, Int32(MSG_NOSIGNAL))
    }

    func drain() {
        var bytes: UInt64 = 0
        while unsafe read(readEnd, &bytes, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size {}
    }
}
