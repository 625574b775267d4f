/// A secret of up to 64 bytes in locked memory, which cannot be copied, and is wiped over its whole slot when it ends.
package struct SecretBytes: ~Copyable, Sendable {
    /// The size of the secret in bytes.
    package let byteCount: Int
    private let arena: SecretArena
    private let slot: UInt32

    /// Makes a secret of `byteCount` bytes, at most ``SecretArena/slotSize``, which `fill` writes.
    /// - Throws: ``CryptographyError/Code/arenaFull``; ``CryptographyError/Code/wrongSize`` when `fill` wrote less than it was to;
    ///   what `fill` throws. Nothing that `fill` wrote remains then.
    package init(
        byteCount: Int, in arena: SecretArena = .shared, fill: (inout OutputRawSpan) throws(CryptographyError) -> Void
    ) throws(CryptographyError) {
        guard byteCount >= 0, byteCount <= SecretArena.slotSize else {
            throw .wrongSize("The secret", byteCount, wanted: "at most \(SecretArena.slotSize)")
        }
        let slot = try arena.take()
        let filled: Int
        do {
            let buffer = unsafe UnsafeMutableRawBufferPointer(start: arena.address(slot), count: byteCount)
            var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
            try fill(&output)
            filled = unsafe output.finalize(for: buffer)
        } catch {
            arena.give(slot)
            throw error
        }
        guard filled == byteCount else {
            arena.give(slot)
            throw .wrongSize("The secret", filled, wanted: "exactly \(byteCount)")
        }
        self.byteCount = byteCount
        self.arena = arena
        self.slot = slot
    }

    /// Copies a secret into locked memory. The caller wipes the original.
    /// - Throws: ``CryptographyError/Code/arenaFull``, ``CryptographyError/Code/wrongSize``.
    package init(copying bytes: RawSpan, in arena: SecretArena = .shared) throws(CryptographyError) {
        try self.init(byteCount: bytes.byteCount, in: arena) { (output) throws(CryptographyError) in output.append(copying: bytes) }
    }

    /// A fresh random secret.
    /// - Throws: ``CryptographyError/Code/arenaFull``, ``CryptographyError/Code/wrongSize``, ``CryptographyError/Code/randomUnavailable``.
    package static func random(byteCount: Int, in arena: SecretArena = .shared) throws(CryptographyError) -> SecretBytes {
        try SecretBytes(byteCount: byteCount, in: arena) { (output) throws(CryptographyError) in try Random.append(byteCount, to: &output) }
    }

    deinit { arena.give(slot) }

    /// Lends the bytes to `body`, which must not copy them anywhere that is not wiped.
    package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let bytes = unsafe RawSpan(_unsafeStart: arena.address(slot), byteCount: byteCount)
        return try body(bytes)
    }

    /// Whether both are the same bytes. The time it takes tells the size at most, never the content.
    package borrowing func isEqual(to other: RawSpan) -> Bool { withBytes { ConstantTime.equal($0, other) } }

    /// Whether every byte is 0, as of what was never filled.
    package var isAllZero: Bool {
        withBytes { bytes in bytes.byteOffsets.reduce(UInt8(0)) { unsafe $0 | bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self) } == 0 }
    }

    /// For code of this module that lets OpenSSL write into the slot. Valid as long as the value lives.
    @unsafe var address: UnsafeMutableRawPointer { unsafe arena.address(slot) }
}
