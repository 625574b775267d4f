internal import Bedrock
import CLinux
import Glibc

/// One locked mapping, cut into slots that each hold a secret.
///
/// It is never swapped, is left out of core dumps, and reads as zero in a forked child. A slot is wiped whole when it is given back.
/// The arena never grows: when it is full, `SecretBytes` throws ``CryptographyError/Code/arenaFull``, and its user evicts a key.
@safe package final class SecretArena: Sendable {
    /// The size of one slot in bytes, and so the most that a secret can have.
    package static let slotSize = 64

    /// The process's arena: 64 MiB, or seven eighths of what `RLIMIT_MEMLOCK` allows where that is less.
    package static let shared: SecretArena = {
        var size = SecretArena.size(underLimit: lockLimit)
        while size >= 256 << 10 {
            if let arena = try? SecretArena(byteCount: size) { return arena }
            size /= 2
        }
        fatalError(
            """
            No memory could be locked for keys, not even 256 KiB: the limit on locked memory is too low. \
            Raise it (`ulimit -l 8192`, or LimitMEMLOCK=64M in the service unit) and start again.
            """)
    }()

    /// How many secrets it can hold.
    package let slots: Int
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let byteCount: Int
    private let free: Lock<Free>

    private struct Free {
        var returned: [UInt32] = []
        /// The first slot that was never taken: memory is used only as far as that.
        var untouched: UInt32 = 0
    }

    /// Maps and locks `byteCount` bytes, rounded down to whole slots.
    /// - Throws: ``CryptographyError/Code/lockedMemory``, with the call that the kernel refused.
    package init(byteCount: Int) throws(CryptographyError) {
        guard byteCount >= Self.slotSize, byteCount / Self.slotSize <= UInt32.max else {
            throw .wrongSize("The arena", byteCount, wanted: "room for at least one slot of \(Self.slotSize)")
        }
        guard
            let base = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe base != MAP_FAILED
        else { throw Self.refused("mmap", byteCount) }
        guard unsafe ekm_lock_on_fault(base, byteCount) == 0 else {
            let error = Self.refused("mlock", byteCount)
            unsafe munmap(base, byteCount)
            throw error
        }
        guard unsafe madvise(base, byteCount, MADV_DONTDUMP) == 0, unsafe madvise(base, byteCount, MADV_WIPEONFORK) == 0 else {
            let error = Self.refused("madvise", byteCount)
            unsafe munmap(base, byteCount)
            throw error
        }
        let slots = byteCount / Self.slotSize
        self.slots = slots
        self.byteCount = byteCount
        unsafe self.base = base
        free = Lock(Free())
    }

    deinit { unsafe munmap(base, byteCount) }

    private static var lockLimit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 else { return 4 << 20 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Something is left for arenas of another's.
    package static func size(underLimit limit: Int) -> Int { min(64 << 20, limit - limit / 8) }

    /// How many secrets it can still take.
    package var freeSlots: Int { free.withLock { $0.returned.count + slots - Int($0.untouched) } }

    func take() throws(CryptographyError) -> UInt32 {
        let slot: UInt32? = free.withLock { free in
            if let slot = free.returned.popLast() { return slot }
            guard free.untouched < slots else { return nil }
            defer { free.untouched += 1 }
            return free.untouched
        }
        guard let slot else {
            throw CryptographyError(.arenaFull, "All \(slots) slots for secrets are in use: cached keys must be evicted first.")
        }
        return slot
    }

    /// Wipes the whole slot before anyone else can take it.
    func give(_ slot: UInt32) {
        unsafe explicit_bzero(address(slot), Self.slotSize)
        free.withLock { $0.returned.append(slot) }
    }

    @unsafe func address(_ slot: UInt32) -> UnsafeMutableRawPointer { unsafe base + Int(slot) * Self.slotSize }

    private static func refused(_ call: String, _ byteCount: Int) -> CryptographyError {
        CryptographyError(
            .lockedMemory,
            "\(byteCount) bytes of locked memory were refused (\(call): \(unsafe String(cString: strerror(errno)))); raise LimitMEMLOCK.")
    }
}
