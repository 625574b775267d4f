internal import Bedrock
internal import GRDB
internal import Glibc
internal import KeyHierarchy

/// Looks at a store without changing a byte of it or of its directory, so that a start can be refused.
///
/// SQLite's ordinary read-only connection would make the index of the log, and empty a log that a crash left.
struct StoreInspection {
    let directory: StoreDirectory

    /// What was found in a sound store.
    struct Finding: Sendable {
        var meta: MetaRow
        /// No environment was ever made in it.
        var isUnused: Bool
        /// No migration is due.
        var isCurrent: Bool
    }

    /// A crash can leave a log that has a header and no frame. It holds nothing; SQLite's readers that may not write wait for more of it
    /// for ten seconds, and then fail.
    static let logHeaderSize = 32

    /// Nil when there is no store. One has its name only once it is whole: a file that is empty, or missing beside its log, was one.
    /// The finding's meta row is verified only where a root key is given.
    /// - Throws: `KeyStoreError` with `.newer`, `.damaged` or `.wrongRootKey`, or `.notWritable` when the file cannot be read.
    func inspect(_ rootKey: RootKey?, adopting: Bool = false) throws(KeyStoreError) -> Finding? {
        guard let size = StoreDirectory.size(of: directory.database) else {
            guard errno == ENOENT || errno == ENOTDIR else { throw .notWritable(directory.database, "cannot be looked at", errno) }
            guard !directory.holdsTraces else {
                throw .damaged("store.sqlite is missing, and its log store.sqlite-wal holds changes", in: directory.path)
            }
            return nil
        }
        guard size > 0 else { throw .damaged("store.sqlite is empty", in: directory.path) }
        let logSize = StoreDirectory.size(of: directory.log) ?? 0
        do {
            return try reading(log: logSize > Self.logHeaderSize) { database in
                try examine(database, size: size, log: logSize, rootKey: rootKey, adopting: adopting)
            }
        } catch {
            throw KeyStoreError(error, in: directory.path)
        }
    }

    private func examine(_ database: Database, size: Int, log: Int, rootKey: RootKey?, adopting: Bool) throws -> Finding? {
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        guard application == Migrations.applicationID else {
            throw KeyStoreError.damaged("store.sqlite is a database of another program", in: directory.path)
        }
        guard try version <= Migrations.version && !Migrations.migrator(nil).hasBeenSuperseded(database) else {
            throw KeyStoreError(
                .newer,
                "A newer ekmd wrote the key store in \(directory.path): its schema is \(version), and this one knows \(Migrations.version).",
                remedy: "Start that ekmd again. Nothing was changed.")
        }
        try checkPages(database, size: size, log: log)
        try checkSchema(database)
        let isUnused = try Self.isUnused(database, version: version)
        return Finding(
            meta: try meta(database, rootKey, adopting: adopting && isUnused), isUnused: isUnused,
            isCurrent: try Migrations.migrator(nil).hasCompletedMigrations(database))
    }

    /// Whether no environment was ever made in the store. Earlier versions do not say it: there, any trace of a daemon that served counts.
    private static func isUnused(_ database: Database, version: Int) throws -> Bool {
        let traces =
            switch version {
            case ..<2: ["meta"]
            case 2: ["environments", "receipts", "deletions", "clock"]
            default: ["environments", "meta WHERE used_at IS NOT NULL"]
            }
        return try traces.allSatisfy { try Row.fetchOne(database, sql: "SELECT 1 FROM \($0) LIMIT 1") == nil }
    }

    private func checkPages(_ database: Database, size: Int, log: Int) throws {
        let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
        let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
        guard log > 0 || pages * pageSize <= size else {
            throw KeyStoreError.damaged("store.sqlite is shorter than it says", in: directory.path)
        }
        if let defect = try PageCheck(size: size).defect(in: database) { throw KeyStoreError.damaged(defect, in: directory.path) }
    }

    /// A trigger, a view or a table of other hands could change what our statements mean: only our own schema may be there.
    private func checkSchema(_ database: Database) throws {
        let migrator = Migrations.migrator(nil)
        let applied = try migrator.completedMigrations(database)
        let ours = try DatabaseQueue()
        if let last = applied.last { try migrator.migrate(ours, upTo: last) }
        let expected = try ours.read(Self.schema)
        let found = try Self.schema(of: database)
        guard expected != found else { return }
        let names = expected.symmetricDifference(found).map(\.name).sorted()
        throw KeyStoreError.damaged(
            "its schema is not the one that ekmd made: \(Set(names).sorted().prefix(5).joined(separator: ", "))", in: directory.path)
    }

    private struct SchemaObject: Hashable {
        let type: String
        let name: String
        let sql: String?
    }

    private static func schema(of database: Database) throws -> Set<SchemaObject> {
        // What SQLite itself keeps, such as the statistics of ANALYZE, is not in the comparison.
        let rows = try Row.fetchAll(database, sql: "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'")
        return Set(rows.map { SchemaObject(type: $0[0] ?? "", name: $0[1] ?? "", sql: $0[2]) })
    }

    private func meta(_ database: Database, _ rootKey: RootKey?, adopting: Bool) throws -> MetaRow {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM meta") else {
            throw RowDamage(table: MetaRow.table, reason: .missing)
        }
        let columns = Columns(table: MetaRow.table, row)
        let meta = try MetaRow(columns)
        guard let rootKey, !(adopting && meta.rootKey != rootKey.id) else { return meta }
        guard meta.rootKey == rootKey.id else {
            throw KeyStoreError(
                .wrongRootKey,
                "The key store in \(directory.path) belongs to root key \(meta.rootKey), not to \(rootKey.id), which was given.",
                remedy: "Start with the root key that made the store, or name another state directory. Nothing was changed.")
        }
        let code: DatabaseValue? = row[Columns.code]
        guard columns.isAuthentic(code, by: rootKey.rowAuthenticator) else { throw RowDamage(table: MetaRow.table, reason: .notAuthentic) }
        return meta
    }

    private func reading<R>(log: Bool, _ body: (Database) throws -> R) throws -> R {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        // Without a log the file is all there is. With one, SQLite reads it beside an index that it must find, but not write.
        let madeIndex = log && StoreDirectory.size(of: directory.index) == nil && directory.makeIndex()
        defer { if madeIndex { unsafe unlink(directory.index) } }
        let queue = try DatabaseQueue(
            path: Self.uri(directory.database, log ? "readonly_shm=1" : "immutable=1"), configuration: configuration)
        defer { try? queue.close() }
        return try queue.read(body)
    }

    /// SQLite's `file:` form of a path, with one parameter.
    static func uri(_ path: String, _ parameter: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "%"), UInt8(ascii: "?"), UInt8(ascii: "#"), 0x80...: uri += "%" + Hex.text(of: byte)
            default: uri.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return uri + "?" + parameter
    }
}
