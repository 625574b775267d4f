internal import CLinux
package import Synchronization

/// A mutex around the state that it guards.
///
/// `Synchronization.Mutex` makes ThreadSanitizer report races that are not there on Linux, so that each entry and exit is told to it.
/// Keep critical sections short: no call to a KMS, a store or another lock inside.
package final class Lock<State: ~Copyable>: Sendable {
    @usableFromInline let mutex: Mutex<State>

    package init(_ state: consuming sending State) { mutex = Mutex(state) }

    /// Runs `body` while nobody else can see the state.
    @inlinable
    package func withLock<R: ~Copyable, E: Error>(_ body: (inout sending State) throws(E) -> sending R) throws(E) -> sending R {
        let address = unsafe Unmanaged.passUnretained(self).toOpaque()
        return try mutex.withLock { (state: inout sending State) throws(E) -> sending R in
            unsafe ekm_tsan_acquire(address)
            defer { unsafe ekm_tsan_release(address) }
            return try body(&state)
        }
    }
}
