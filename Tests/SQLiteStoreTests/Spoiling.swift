import FoundationEssentials
import GRDB
import KeyHierarchy
import KeyStoreContract
import Testing

/// What may have happened to a store before a start.
enum Spoiling: String, CaseIterable, CustomTestStringConvertible {
    case noise = "noise in the database's place"
    case cut = "the database is cut short"
    case overwritten = "a page of the wraps is overwritten"
    case foreign = "a database of another program"
    case trigger = "a trigger that is not ours"
    case index = "an index is gone"
    case meta = "the root key's row is gone"
    case metaTime = "the root key's row was edited"
    case newerSchema = "a newer schema"
    case newerMigration = "a migration that we do not know"

    var testDescription: String { rawValue }

    var code: KeyStoreError.Code { self == .newerSchema || self == .newerMigration ? .newer : .damaged }

    /// Whether it is seen before the row of the root key is verified.
    var showsWithoutRootKey: Bool { self != .metaTime }

    /// Some words of the message.
    var says: String {
        switch self {
        case .noise: "not a database"
        case .foreign: "another program"
        case .trigger: "forged"
        case .index: "log_keys"
        case .meta, .metaTime: "meta"
        case .newerSchema, .newerMigration: "newer ekmd"
        case .cut, .overwritten: "damaged"
        }
    }

    func apply(to state: StateDirectory) throws {
        switch self {
        case .noise: try state.write((0..<20_000).map { _ in .random(in: 0...255) }, to: "store.sqlite")
        case .cut: try rewrite(state) { $0.removeLast($0.count / 2) }
        case .overwritten:
            let queue = try DatabaseQueue(path: state.database)
            let page = try queue.read { try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'wraps'") }
            try queue.close()
            let start = (try #require(page) - 1) * 4096
            try rewrite(state) { $0.replaceSubrange(start..<start + 512, with: repeatElement(0xA5, count: 512)) }
        case .foreign: try state.edit("PRAGMA application_id = 1")
        case .trigger: try state.edit("CREATE TRIGGER forged AFTER INSERT ON keys BEGIN DELETE FROM wraps; END")
        case .index: try state.edit("DROP INDEX log_keys")
        case .meta: try state.edit("DELETE FROM meta")
        case .metaTime: try state.edit("UPDATE meta SET created_at = created_at + 1")
        case .newerSchema: try state.edit("PRAGMA user_version = 1000")
        case .newerMigration: try state.edit("INSERT INTO grdb_migrations VALUES ('1000 of the future')")
        }
    }

    private func rewrite(_ state: StateDirectory, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try #require(try state.contents["store.sqlite"])
        change(&bytes)
        try state.write(bytes, to: "store.sqlite")
    }
}
