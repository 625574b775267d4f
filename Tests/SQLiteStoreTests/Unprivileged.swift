import Foundation
import Glibc

/// Runs code as a user who may do nothing that files' modes do not allow.
enum Unprivileged {
    private typealias SetUser = @convention(c) (UInt32) -> Int32

    /// On a thread of its own: Linux keeps the user for files by thread, and takes root's power over modes from it.
    static func run<R: Sendable>(_ body: @escaping @Sendable () -> R) async throws -> R {
        guard geteuid() == 0 else { return body() }
        guard let symbol = dlsym(nil, "setfsuid") else { throw CocoaError(.featureUnsupported) }
        let setUser = unsafeBitCast(symbol, to: SetUser.self)
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                _ = setUser(65_534)
                continuation.resume(returning: body())
            }
        }
    }
}
