import CLinux
import Cryptography
import Foundation
import Testing

@Suite("Secrets") struct SecretBytesTests {
    @Test("the process's arena is as large as the limit on locked memory allows, up to 64 MiB, and takes no memory that nobody uses")
    func size() throws {
        #expect(SecretArena.size(underLimit: .max) == 64 << 20)
        #expect(SecretArena.size(underLimit: 64 << 20) == 56 << 20)
        #expect(SecretArena.size(underLimit: 8 << 20) == 7 << 20)
        let before = try residentBytes()
        let arena = try SecretArena(byteCount: 4 << 20)
        let secret = try SecretBytes([1, 2, 3], in: arena)
        #expect(arena.freeSlots == (4 << 20) / SecretArena.slotSize - 1)
        #expect(try residentBytes() - before < 2 << 20)
        _ = secret.byteCount
    }

    private func residentBytes() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return try #require(Int(fields[1])) * 4096
    }

    @Test("A full arena refuses, and has room again when a secret ends")
    func full() throws {
        let arena = try SecretArena(byteCount: 2 * SecretArena.slotSize)
        #expect(arena.slots == 2)
        let first = try SecretBytes.random(byteCount: 32, in: arena)
        do {
            let second = try SecretBytes.random(byteCount: 64, in: arena)
            #expect(arena.freeSlots == 0)
            #expect(throws: CryptographyError.arenaFull) { _ = try SecretBytes.random(byteCount: 1, in: arena) }
            #expect(second.byteCount == 64)
        }
        #expect(arena.freeSlots == 1)
        #expect(first.byteCount == 32)
    }

    @Test("The whole slot is zero after the secret ended, also what lies behind its bytes")
    func wiped() throws {
        let arena = try SecretArena(byteCount: SecretArena.slotSize)
        var start: UInt = 0
        do {
            let secret = try SecretBytes([UInt8](repeating: 0xff, count: 64), in: arena)
            start = secret.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        }
        // The slot stays mapped as long as the arena lives.
        let slot = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: start), count: 64)
        #expect(slot.allSatisfy { $0 == 0 })
        #expect(arena.freeSlots == 1)
    }

    @Test("A secret whose filling fails, or falls short, leaves nothing and holds no slot")
    func failedFill() throws {
        let arena = try SecretArena(byteCount: SecretArena.slotSize)
        let start = try SecretBytes([1], in: arena).withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        let slot = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: start), count: 64)
        #expect(throws: CryptographyError.cannotOpen) {
            _ = try SecretBytes(byteCount: 8, in: arena) { (output) throws(CryptographyError) in
                output.append(0xff)
                throw .cannotOpen
            }
        }
        #expect(throws: CryptographyError.wrongSize) {
            _ = try SecretBytes(byteCount: 8, in: arena) { (output) throws(CryptographyError) in output.append(0xff) }
        }
        #expect(throws: CryptographyError.wrongSize) { _ = try SecretBytes.random(byteCount: 65, in: arena) }
        #expect(slot.allSatisfy { $0 == 0 })
        #expect(arena.freeSlots == 1)
    }

    @Test("A forked child finds no secret")
    func forked() async {
        await #expect(processExitsWith: .success) {
            let secret = try SecretBytes([UInt8](repeating: 0xff, count: 32))
            secret.withBytes { bytes in
                bytes.withUnsafeBytes { bytes in
                    // In C: Swift forbids fork, as only async-signal-safe calls may follow; the child reads memory and exits.
                    let child = ekm_fork()
                    if child == 0 { _exit(bytes.allSatisfy { $0 == 0 } ? 0 : 1) }
                    var status: CInt = -1
                    waitpid(child, &status, 0)
                    exit(status == 0 && bytes.allSatisfy { $0 == 0xff } ? 0 : 1)
                }
            }
        }
    }

    @Test("The arena is locked, and left out of core dumps and forks")
    func flags() throws {
        let secret = try SecretBytes([1])
        let address = secret.withBytes { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        var inside = false
        var flags: Set<Substring> = []
        for line in ProcFile.lines("/proc/self/smaps") {
            if line.hasPrefix("VmFlags:") {
                if inside { flags = Set(line.split(separator: " ").dropFirst()) }
            } else if let range = line.split(separator: " ").first, range.contains("-"), !range.contains(":") {
                let ends = range.split(separator: "-").compactMap { UInt($0, radix: 16) }
                if ends.count == 2 { inside = ends[0] <= address && address < ends[1] }
            }
        }
        #expect(flags.isSuperset(of: ["dd", "wf"]))
        // The sanitizers turn mlock into nothing.
        let sanitized = ["__asan_init", "__tsan_init"].contains { (name: String) in dlsym(nil, name) != nil }
        #expect(flags.contains("lo") || sanitized)
    }

    @Test("Comparison sees any difference, and any difference in size")
    func comparison() throws {
        let bytes = try Random.bytes(32)
        let secret = try SecretBytes(bytes)
        let same = secret.isEqual(to: bytes)
        #expect(same)
        for other in (0..<256).map({ bytes.flipping(bit: $0) }) + [bytes + [0], bytes.dropLast(), []] {
            let equal = secret.isEqual(to: other)
            #expect(!equal)
        }
    }

    @Test("Secrets may be made and ended on many threads at once")
    func threads() async throws {
        let arena = try SecretArena(byteCount: 64 * SecretArena.slotSize)
        await withTaskGroup(of: Void.self) { group in
            for i in 0..<32 {
                group.addTask {
                    for _ in 0..<200 {
                        let bytes = [UInt8](repeating: UInt8(i), count: 64)
                        if let secret = try? SecretBytes(bytes, in: arena) {
                            let same = secret.isEqual(to: bytes)
                            #expect(same)
                        }
                    }
                }
            }
        }
        #expect(arena.freeSlots == 64)
    }
}
