internal import Glibc

/// A condition to wait for with a ``ConditionMutex`` held, until a deadline.
@safe
final class Condition: @unchecked Sendable {
    // Safe to share: POSIX condition variables are made for it.
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
        unsafe condition = .allocate(capacity: 1)
        unsafe condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe condition.deallocate()
    }

    /// Waits with `lock` given up meanwhile. May return early: check what was waited for.
    func wait(_ lock: ConditionMutex, until deadline: Deadline) {
        guard deadline != .never else {
            unsafe pthread_cond_wait(condition, lock.mutex)
            return
        }
        var time = deadline.timespec
        unsafe pthread_cond_timedwait(condition, lock.mutex, &time)
    }

    func signal() { unsafe pthread_cond_signal(condition) }
}
