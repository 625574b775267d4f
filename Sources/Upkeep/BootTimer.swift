internal import CLinux
internal import Dispatch
internal import Glibc
internal import KeyHierarchy

/// A one-shot alarm on CLOCK_BOOTTIME. Dispatch's own timers stop while the machine is suspended; a timerfd does not.
///
/// Sendable although Dispatch does not say so of its sources: all that is called after activation, `cancel`, is safe from any thread.
final class BootTimer: @unchecked Sendable {
    private let descriptor: CInt
    private let source: any DispatchSourceRead

    /// Nil where the kernel has no descriptor left.
    init?(queue: DispatchQueue, fire: @escaping @Sendable () -> Void) {
        let descriptor = timerfd_create(CLOCK_BOOTTIME, CInt(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        self.descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { @Sendable in
            var expirations: UInt64 = 0
            if unsafe read(descriptor, &expirations, 8) == 8 { fire() }
        }
        source.setCancelHandler { @Sendable in close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Fires once at the instant, or at once if it has passed; what was armed before is forgotten.
    func arm(at instant: BootInstant) {
        // All zeros would disarm it.
        let nanoseconds = max(1, instant.nanoseconds)
        var setting = itimerspec()
        setting.it_value = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        unsafe timerfd_settime(descriptor, CInt(TFD_TIMER_ABSTIME), &setting, nil)
    }
}
