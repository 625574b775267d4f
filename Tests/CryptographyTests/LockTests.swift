import Cryptography
import Testing

@Suite("Lock") struct LockTests {
    @Test("Nothing is lost between threads")
    func counting() async {
        let lock = Lock(0)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 { group.addTask { for _ in 0..<1000 { lock.withLock { $0 += 1 } } } }
        }
        #expect(lock.withLock { $0 } == 16_000)
    }

    @Test("What the body throws comes out, and the lock is free again")
    func throwing() {
        let lock = Lock([UInt8]())
        #expect(throws: CryptographyError.cannotOpen) {
            try lock.withLock { (state) throws(CryptographyError) in
                state.append(1)
                throw .cannotOpen
            }
        }
        #expect(lock.withLock { $0 } == [1])
    }
}
