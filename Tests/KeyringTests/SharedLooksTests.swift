import Bedrock
import KeyHierarchy
import TestSupport
import Testing

@testable import Keyring

@Suite("Looks at a main key")
struct SharedLooksTests {
    private let clock = ManualBootClock()
    private let looks = SharedLooks<Int>()
    private let asked = Guarded(0)

    private func look(_ id: SharedLooks<Int>.ID, held: AsyncLock? = nil) async -> Int {
        await looks.look(at: id, by: clock) {
            let number = asked.with { asked -> Int in
                asked += 1
                return asked
            }
            await held?.take()
            held?.give()
            return number
        }
    }

    @Test("who looks at the same time or within two seconds shares one question, and nobody else does")
    func shared() async throws {
        let id = SharedLooks<Int>.ID(environment: try EnvironmentID.random(), mainKey: try MainKeyID.random())
        let other = SharedLooks<Int>.ID(environment: id.environment, mainKey: try MainKeyID.random())
        let held = AsyncLock()
        await held.take()
        let together = (0..<100).map { _ in Task { await look(id, held: held) } }
        while asked.with({ $0 }) == 0 { await Task.yield() }
        held.give()
        for task in together { #expect(await task.value == 1) }
        #expect(await look(id) == 1)
        #expect(await look(other) == 2)
        clock.advance(by: SharedLooks<Int>.lifetime - .nanoseconds(1))
        #expect(await look(id) == 1)
        clock.advance(by: .nanoseconds(1))
        #expect(await look(id) == 3)
    }

    @Test("what is old is forgotten")
    func forgotten() async throws {
        for _ in 0..<1_000 {
            _ = await look(SharedLooks<Int>.ID(environment: try EnvironmentID.random(), mainKey: try MainKeyID.random()))
            clock.advance(by: .seconds(1))
        }
        #expect(looks.count <= 300)
    }
}
