import GRDB
import KeyHierarchy
import KeyStoreContract
import Testing

@testable import SQLiteStore

@Suite("Spans of environments")
struct EnvironmentSpanTests {
    @Test("of a large store hold every environment once, by name, and what is wrong with it")
    func spans() async throws {
        let state = try StateDirectory()
        let environments = try (0..<200).map {
            try $0 % 50 == 0 ? Samples.replacedEnvironment("acme/e\($0)") : Samples.environment("acme/e\($0)")
        }
        try await state.fill(environments)
        let damaged = environments[7].identity.id
        let queue = try DatabaseQueue(path: state.database)
        try await queue.write {
            try $0.execute(sql: "UPDATE main_keys SET identifier = 'other' WHERE environment = ?", arguments: [damaged.blob])
        }
        try queue.close()
        let store = try state.open()
        let spans = EnvironmentSpan.all(pages: 1_000_000)
        #expect(spans.count > 1 && EnvironmentSpan.all(pages: 100).count == 1)
        let (whole, parts) = (try await store.environments(), try await store.environments(in: spans))
        #expect(parts.map(\.identity) == whole.map(\.identity) && parts.count == 200)
        #expect(parts.map(\.identity.name) == parts.map(\.identity.name).sorted())
        for (part, one) in zip(parts, whole) {
            #expect(part.damage == one.damage && (part.damage != nil) == (part.identity.id == damaged))
            #expect(part.formerMainKeys.map(\.id) == one.formerMainKeys.map(\.id) && part.revision == one.revision)
            #expect(part.environmentKey.wrapped == one.environmentKey.wrapped && part.locks == one.locks)
        }
    }
}
