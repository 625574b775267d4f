import Dispatch
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import Upkeep

@Suite("The timer of the upkeep")
struct UpkeepTimerTests {
    @Test("says that it lives, and does not while its queue hangs")
    func alive() async throws {
        let assembly = Assembly(
            store: InMemoryKeyStore(), provider: try FakeMainKeys(clock: SystemBootClock()), root: try RootKey.random(),
            clockFacts: ManualClockFacts())
        assembly.start()
        #expect(await assembly.upkeep.isAlive())
        let gate = DispatchSemaphore(value: 0)
        let isTold = Guarded(false)
        assembly.upkeep.queue.async { gate.wait() }
        let answer = Task {
            let isAlive = await assembly.upkeep.isAlive()
            isTold.with { $0 = true }
            return isAlive
        }
        // It stands behind what hangs.
        try await Task.sleep(for: .milliseconds(20))
        #expect(!isTold.with { $0 })
        gate.signal()
        #expect(await answer.value)
        assembly.stop()
    }
}
