internal import NIOCore

/// Room for a connection whose reads are full again and again: a frame that a read cuts in two is copied, and wiped once more.
struct LargeReads {
    /// What NIO reads at once otherwise.
    static let ordinary = 64 << 10
    private static let large = 512 << 10
    /// What it costs: NIO keeps one buffer for reading, and the kernel one for what the client has not read, of up to as much.
    static let cost = 2 * large
    private static let fullReads = 4

    private var seen = 0
    private(set) var isGranted = false

    /// Notes a read.
    /// - Returns: whether it is time to ask for room.
    mutating func note(_ byteCount: Int) -> Bool {
        guard !isGranted, byteCount >= Self.ordinary else { return false }
        seen += 1
        return seen % Self.fullReads == 0
    }

    /// Sets the connection up for large reads and answers. What the kernel does not allow, it makes less of.
    mutating func grant(_ channel: any Channel) {
        isGranted = true
        guard let options = channel.syncOptions else { return }
        try? options.setOption(.maxMessagesPerRead, value: 1)
        try? options.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Self.large))
        try? options.setOption(.socketOption(.so_sndbuf), value: SocketOptionValue(Self.large))
    }
}
