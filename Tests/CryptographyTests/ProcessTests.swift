import CLinux
import COpenSSL
import Cryptography
import Foundation
import Testing

@Suite("Process") struct ProcessTests {
    @Test("With the wiping allocator, memory that OpenSSL freed holds no secret")
    func wiping() async {
        await #expect(processExitsWith: .success) {
            #expect(WipingAllocator.install())
            let left = try SecretTraces.leftByOpenSSL()
            #expect(left == 0)
        }
    }

    @Test("Without it, the same search finds the secret: the test sees what it looks for")
    func control() async {
        await #expect(processExitsWith: .success) {
            let left = try SecretTraces.leftByOpenSSL()
            #expect(left > 0)
        }
    }

    @Test("The wiping allocator keeps what it moves")
    func reallocation() async {
        await #expect(processExitsWith: .success) {
            #expect(WipingAllocator.install())
            var memory = CRYPTO_malloc(8, nil, 0)
            memory?.storeBytes(of: 0x0123_4567_89ab_cdef, as: UInt64.self)
            for size in [16, 100_000, 8, 64] {
                memory = CRYPTO_realloc(memory, size, nil, 0)
                #expect(memory?.load(as: UInt64.self) == 0x0123_4567_89ab_cdef)
            }
            #expect(CRYPTO_realloc(memory, 0, nil, 0) == nil)
            CRYPTO_free(nil, nil, 0)
        }
    }

    @Test("The allocator says so when it comes too late")
    func late() async {
        await #expect(processExitsWith: .success) {
            _ = SHA256.hash([1])
            #expect(!WipingAllocator.install())
        }
    }

    @Test("A hardened process is not dumpable, and writes no core file")
    func hardening() async {
        await #expect(processExitsWith: .success) {
            ProcessHardening.apply()
            #expect(ekm_prctl(PR_GET_DUMPABLE, 0) == 0)
            var limit = rlimit()
            #expect(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
            #expect(limit.rlim_cur == 0 && limit.rlim_max == 0)
        }
    }
}

/// Looks for a secret where OpenSSL had copies of it.
enum SecretTraces {
    /// Lets OpenSSL allocate and free copies of a secret, and counts those that can still be read.
    static func leftByOpenSSL() throws -> Int {
        let secret = try SecretBytes.random(byteCount: 64)
        let freed = secret.withBytes { bytes in
            bytes.withUnsafeBytes { bytes in
                let copies = (0..<64).map { _ in CRYPTO_memdup(bytes.baseAddress, bytes.count, nil, 0) }
                for copy in copies { CRYPTO_free(copy, nil, 0) }
                return copies.map { UInt(bitPattern: $0) }
            }
        }
        // Through the kernel, as no code of the process may touch what was freed.
        let memory = open("/proc/self/mem", O_RDONLY)
        defer { close(memory) }
        var found = 0
        for address in freed {
            // The allocator's own links overwrite the first 16 bytes of what was freed.
            var left = [UInt8](repeating: 0, count: 32)
            guard pread(memory, &left, left.count, off_t(address) + 32) == left.count else { throw CocoaError(.fileReadUnknown) }
            // Compared in place: a copy of the secret might be put where the search goes.
            if secret.withBytes({ $0.withUnsafeBytes { $0[32...].elementsEqual(left) } }) { found += 1 }
        }
        return found
    }
}
