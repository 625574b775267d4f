import FoundationEssentials
import GRDB
import KeyHierarchy
import KeyStoreContract
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

    @Test("is described by its document: each table, and each column with its type and whether it may be NULL")
    func document() async throws {
        let state = try StateDirectory()
        try await state.fill()
        let queue = try DatabaseQueue(path: state.database)
        let found = try await queue.read { database in
            let tables = try String.fetchAll(
                database, sql: "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict")
            return try Set(
                tables.flatMap { table in
                    try database.columns(in: table).map { column in
                        let mayBeNull = !column.isNotNull && column.primaryKeyIndex == 0
                        return "\(table).\(column.name) \(column.type)\(mayBeNull ? ", NULL" : "")"
                    }
                })
        }
        #expect(found.count > 100)
        let described = try SchemaDocument().columns
        #expect(described.subtracting(found).sorted() == [])
        #expect(found.subtracting(described).sorted() == [])
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
        #expect(try await store.hourlyKey(of: id, for: 472_223)?.purpose == Samples.hourly(472_223))
        // It was closed.
        #expect(try await store.hourlyKey(of: id, for: 472_222) == nil)
        #expect(try await store.connectionKey("shop", of: id)?.purpose == .connection("shop", version: 2))
        #expect(try await store.logKey(of: id)?.wraps.count == 1)
        #expect(try await store.contents(of: id).hourlyKeys == 2)
        #expect(try await store.census(of: id).map(\.keys) == [5])

        // What version 1 did not know reads as what it was.
        #expect(prod.keyFloor == .first)
        #expect(prod.newestVersion == .first)
        #expect(prod.environmentKey.wrappedAt == prod.environmentKey.createdAt)
        #expect(prod.retention == Retention())
        #expect(prod.locks.isEmpty && prod.repack == nil && prod.pending == nil && prod.olderEnvironmentKeys.isEmpty)
        #expect(prod.revision == .first)
        let active = try #require(try await store.hourlyKey(of: id, for: 472_223))
        #expect(active.born == .first)
        // And goes on living as if it had been made today.
        try await store.make(.lock(EnvironmentLock(number: 1, at: WallTime(seconds: 1), reason: "r")), of: id)
        try await store.adopt(Samples.replacement(to: 2, previous: 1), of: id)
        let batch = try await store.repackBatch(of: id, to: Samples.version(2), after: nil, limit: 10)
        #expect(batch.items.count == 5)
        _ = try await store.move(
            batch.items.map { MovedKey(key: $0.key, bytes: [1]) }, of: id, to: Samples.version(2), cursor: batch.cursor)
        _ = try await store.insert(Samples.key(Samples.hourly(472_224), of: id, under: [2], floor: 2))
        #expect(try await store.hourlyKey(of: id, for: 472_223, floor: 2) == nil)
        try await store.finishRepack(of: id)
        #expect(try await store.sweepRetired(of: id, limit: 100) == .ended)
        #expect(try await store.environments().allSatisfy { $0.damage == nil })
        try store.close()
        _ = consume store
        #expect(try await state.open().environment(id)?.environmentKey.version == Samples.version(2))
    }

    @Test("holds a hundred thousand keys of an environment, and finds each as fast as among three")
    func manyKeys() async throws {
        let state = try StateDirectory()
        let environment = try Samples.environment("acme/prod")
        let id = environment.identity.id
        let sought = try [.connection("sought", version: 1), Samples.hourly(1_000_000), .log(version: 1)].map {
            try Samples.key($0, of: id)
        }
        try await state.fill([environment], keys: sought)
        func time(_ lookUp: () async throws -> KeyRecord?) async throws -> Duration {
            try await ContinuousClock().measure { for _ in 0..<100 { _ = try await lookUp() } }
        }
        let small = try state.open()
        let alone = try await time { try await small.key(sought[0].id, of: id) }
        try small.close()
        _ = consume small
        // Closed hours, connections and log keys by the number; none of these codes is ever verified.
        try state.edit(
            """
            CREATE TEMP TABLE numbers AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 33333) SELECT i FROM n;
            BEGIN;
            INSERT INTO keys SELECT randomblob(16), id, 2, i, NULL, NULL, NULL, 1, randomblob(32), 1, 1, NULL FROM numbers, environments;
            INSERT INTO keys SELECT randomblob(16), id, 3, NULL, NULL, CAST('c' || i AS BLOB), 1, 1, randomblob(32), 1, 1, NULL FROM numbers, environments;
            INSERT INTO keys SELECT randomblob(16), id, 4, NULL, NULL, NULL, -i, 1, randomblob(32), 1, 1, NULL FROM numbers, environments;
            INSERT INTO wraps SELECT environment, 1, id, X'', '', randomblob(72) FROM keys WHERE created_at = 1;
            COMMIT
            """)
        let store = try state.open()
        #expect(try await store.connectionKey("sought", of: id)?.id == sought[0].id)
        #expect(try await store.hourlyKey(of: id, for: 1_000_000)?.id == sought[1].id)
        #expect(try await store.logKey(of: id)?.id == sought[2].id)
        // A scan of the environment's keys or wraps takes a hundred times as long as a look-up among three.
        for lookUp in [
            { try await store.key(sought[0].id, of: id) }, { try await store.connectionKey("sought", of: id) },
            { try await store.hourlyKey(of: id, for: 1_000_000) }, { try await store.logKey(of: id) },
        ] {
            #expect(try await time(lookUp) < alone * 10)
        }
    }
}
