import KeyHierarchy
import KeyStoreContract
import SQLiteStore
import TestSupport
import Testing

/// The store in memory stands for the real one in many tests: what one answers, the other must.
@Suite("The store on disk and the one in memory")
struct AgreementTests {
    @Test("answer alike through six hundred random changes", arguments: [1, 2, 3, 4] as [UInt64])
    func alike(seed: UInt64) async throws {
        let state = try StateDirectory()
        let disk = try state.open()
        let walk = RandomWalk(seed: seed)
        for step in 0..<600 {
            let change = try walk.next()
            let (real, fake) = (await change.run(on: disk), await change.run(on: walk.memory))
            try #require(real == fake, "step \(step), \(change.name)")
            try await walk.learn()
            if step % 10 == 9 {
                let (there, here) = (try await walk.snapshot(of: disk), try await walk.snapshot(of: walk.memory))
                try #require(there == here, "after step \(step), \(change.name)")
            }
        }
        #expect(try await disk.environments().allSatisfy { $0.damage == nil })
        print("seed \(seed): \(walk.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
    }
}
