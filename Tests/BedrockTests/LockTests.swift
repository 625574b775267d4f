import Testing

@testable import Bedrock

@Suite("Lock") struct LockTests {
    private struct Failure: Error, Equatable {}

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
        #expect(throws: Failure()) {
            try lock.withLock { (state) throws(Failure) in
                state.append(1)
                throw Failure()
            }
        }
        #expect(lock.withLock { $0 } == [1])
    }
}
