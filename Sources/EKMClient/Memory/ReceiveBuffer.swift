internal import Bedrock
internal import EKMWire
internal import Glibc

/// What was read from the socket and not consumed yet. Bytes are wiped as they are consumed, and when the buffer grows.
@safe
struct ReceiveBuffer: ~Copyable {
    private static let smallest = 16 * 1024

    private var buffer: UnsafeMutableRawBufferPointer
    private var count = 0

    init() {
        unsafe buffer = .allocate(byteCount: Self.smallest, alignment: 16)
    }

    deinit {
        unsafe buffer.wipe()
        unsafe buffer.deallocate()
    }

    func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
        body(unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: buffer[..<count])))
    }

    /// Makes the capacity at least `capacity`.
    mutating func reserve(_ capacity: Int) {
        guard unsafe capacity > buffer.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        unsafe buffer.wipe()
        unsafe buffer.deallocate()
        unsafe buffer = larger
    }

    /// Reads once from a socket: the number of bytes, 0 at its end, or -1 with `errno`.
    mutating func receive(from socket: borrowing Socket) -> Int {
        if unsafe count == buffer.count { unsafe reserve(buffer.count * 2) }
        let received = unsafe socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
        if received > 0 { count += received }
        return received
    }

    /// Drops the first bytes, wiping what held them.
    mutating func consume(_ consumed: Int) {
        guard consumed > 0, let baseAddress = unsafe buffer.baseAddress else { return }
        let left = count - consumed
        unsafe memmove(baseAddress, baseAddress + consumed, left)
        unsafe explicit_bzero(baseAddress + left, consumed)
        count = left
        if left == 0, unsafe buffer.count > 4 * Self.smallest {
            unsafe buffer.deallocate()
            unsafe buffer = .allocate(byteCount: Self.smallest, alignment: 16)
        }
    }
}
