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

/// Looks for a secret in all writable memory of its own process.
enum SecretTraces {
    /// Lets OpenSSL allocate and free copies of a secret, and counts those that are still there.
    static func leftByOpenSSL() throws -> Int {
        // The secret itself stands in the arena alone, and is wiped before the search; what is kept is masked.
        let mask = [UInt8](repeating: 0x5a, count: 64)
        let masked: [UInt8]
        do {
            let secret = try SecretBytes.random(byteCount: 64)
            masked = secret.withBytes { bytes in bytes.withUnsafeBytes { bytes in zip(bytes, mask).map { $0 ^ $1 } } }
            secret.withBytes { bytes in
                bytes.withUnsafeBytes { bytes in
                    let copies = (0..<64).map { _ in CRYPTO_memdup(bytes.baseAddress, bytes.count, nil, 0) }
                    for copy in copies { CRYPTO_free(copy, nil, 0) }
                }
            }
        }
        // The allocator's own links overwrite the first 16 bytes of what was freed.
        return try count(masked: Array(masked[32...]), mask: 0x5a)
    }

    private static func count(masked: [UInt8], mask: UInt8) throws -> Int {
        let memory = open("/proc/self/mem", O_RDONLY)
        defer { close(memory) }
        var found = 0
        let page = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { page.deallocate() }
        let own = UInt(bitPattern: page.baseAddress)..<UInt(bitPattern: page.baseAddress) + UInt(page.count)
        for line in ProcFile.lines("/proc/self/maps") {
            let fields = line.split(separator: " ")
            guard fields.count >= 2, fields[1].hasPrefix("rw") else { continue }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2 else { continue }
            var at = ends[0]
            while at < ends[1] {
                let size = pread(memory, page.baseAddress, Int(min(UInt(page.count), ends[1] - at)), off_t(at))
                guard size > 0 else { break }
                for start in stride(from: 0, through: size - masked.count, by: 8)
                where !own.contains(at + UInt(start)) && page[start] ^ mask == masked[0] {
                    if masked.indices.allSatisfy({ page[start + $0] ^ mask == masked[$0] }) { found += 1 }
                }
                at += UInt(size)
            }
        }
        return found
    }
}
