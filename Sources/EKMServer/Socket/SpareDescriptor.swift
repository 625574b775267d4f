internal import Glibc

/// A descriptor that is given up for a moment where none is left, to tell clients so: without it they would wait for nothing.
final class SpareDescriptor {
    /// How many clients are told at one go.
    private static let most = 64
    private var descriptor: CInt

    init() { descriptor = Self.open() }

    deinit { if descriptor >= 0 { close(descriptor) } }

    private static func open() -> CInt { unsafe Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC) }

    /// Accepts clients one after the other, sends each the answer, and closes.
    /// - Returns: how many.
    func turnAway(from listener: CInt, with answer: [UInt8]) -> Int {
        var count = 0
        while count < Self.most {
            if descriptor >= 0 { close(descriptor) }
            // Another thread may have been faster: then the client goes on waiting.
            let client = accept(listener, nil, nil)
            if client >= 0 {
                _ = unsafe send(client, answer, answer.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
                close(client)
                count += 1
            }
            descriptor = Self.open()
            guard client >= 0 else { break }
        }
        return count
    }
}
