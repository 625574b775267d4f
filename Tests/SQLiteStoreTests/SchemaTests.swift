import FoundationEssentials
import GRDB
import KeyHierarchy
import SQLiteStore
import Testing

@Suite("The schema")
struct SchemaTests {
    @Test("has no column that the tests of tampering leave out", arguments: Table.allCases)
    func columns(_ table: Table) async throws {
        let state = try StateDirectory()
        try await state.fill()
        let queue = try DatabaseQueue(path: state.database)
        let found = try await queue.read { try $0.columns(in: table.rawValue).map(\.name) }
        #expect(found == table.columns)
    }

    @Test("has strict tables only")
    func strict() async throws {
        let state = try StateDirectory()
        try await state.fill()
        let queue = try DatabaseQueue(path: state.database)
        let loose = try await queue.read {
            try String.fetchAll(
                $0, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite_%'")
        }
        #expect(loose == ["grdb_migrations"])
    }

    @Test("of version 1 opens with everything that was in it")
    func versionOne() async throws {
        let state = try StateDirectory()
        try state.edit(StoreV1.sql)

        let store = try state.open()
        let environments = try await store.environments()
        #expect(environments.map(\.identity.name.description) == ["acme/dev", "acme/prod"])
        #expect(environments.allSatisfy { $0.damage == nil })
        let prod = try #require(environments.last)
        #expect(prod.mainKey.reference.options == ["given": "alias/x", "role-arn": "r"])
        #expect(prod.environmentKey.generation == Generation("g1"))
        let id = prod.identity.id
        #expect(try await store.activeHourlyKey(of: id)?.purpose == Samples.hourly(472_223))
        #expect(try await store.connectionKey("shop", of: id)?.purpose == .connection("shop", version: 2))
        #expect(try await store.logKey(of: id)?.wraps.count == 1)
        #expect(try await store.contents(of: id).hourlyKeys == 2)
        #expect(try await store.census(of: id).map(\.keys) == [5])
    }

    @Test("answers every look-up from an index")
    func indices() async throws {
        let state = try StateDirectory()
        try await state.fill()
        let queue = try DatabaseQueue(path: state.database)
        let lookUps = [
            "SELECT * FROM keys WHERE id = x'00' AND environment = x'00'",
            "SELECT * FROM keys WHERE environment = x'00' AND kind = 2 AND state = 1",
            "SELECT * FROM keys WHERE environment = x'00' AND kind = 3 AND connection = x'00' ORDER BY version DESC LIMIT 1",
            "SELECT * FROM keys WHERE environment = x'00' AND kind = 4 ORDER BY version DESC LIMIT 1",
            "SELECT kind, COUNT(*), MIN(hour), MAX(hour) FROM keys WHERE environment = x'00' GROUP BY kind",
            "SELECT version, COUNT(*) FROM wraps WHERE environment = x'00' AND version IS NOT NULL GROUP BY version",
            "SELECT version, bytes FROM wraps WHERE key = x'00' AND environment = x'00' AND version IS NOT NULL ORDER BY version",
            "DELETE FROM wraps WHERE environment = x'00'",
            "DELETE FROM keys WHERE environment = x'00'",
            "DELETE FROM main_keys WHERE environment = x'00'",
        ]
        for lookUp in lookUps {
            let plan = try await queue.read { try Row.fetchAll($0, sql: "EXPLAIN QUERY PLAN \(lookUp)").map { $0["detail"] as String } }
            #expect(plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(lookUp): \(plan)")
        }
    }
}
