import Dispatch
import KeyHierarchy
import Keyring
import TestSupport
import Testing

@testable import MainKeys

@Suite("The thread of all requests")
struct HTTPLifeTests {
    @Test("says that it lives once it gets round to it, and not while it hangs")
    func alive() async throws {
        let loop = try HTTPLoop.start(HTTPSettings(), clock: SystemBootClock())
        let isAlive = Guarded(false)
        let told = DispatchSemaphore(value: 0)
        let gate = DispatchSemaphore(value: 0)
        let isHeld = DispatchSemaphore(value: 0)
        loop.post(
            .prove {
                isHeld.signal()
                gate.wait()
            })
        try await blocking { isHeld.wait() }
        loop.post(
            .prove {
                isAlive.with { $0 = true }
                told.signal()
            })
        #expect(!isAlive.with { $0 })
        gate.signal()
        #expect(try await blocking { told.wait(timeout: .now() + 10) } == .success)
        #expect(isAlive.with { $0 })
        loop.post(.stop)
    }

    @Test("answers for itself through every client of it")
    func client() async throws {
        let client = try HTTPClient(clock: SystemBootClock())
        #expect(await client.isAlive())
    }
}
