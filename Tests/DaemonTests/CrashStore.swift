import Cryptography
import KeyHierarchy
import Keyring
import SQLiteStore

@testable import ekmd

/// Counts for itself what a daemon that has stopped left in its store.
struct CrashStore {
    let state: String
    let rootKey: String

    /// Every key that an acknowledged ciphertext needs is there, under the current environment key alone, and the census counts as the
    /// contents do.
    func check(_ ledger: CrashLedger) async throws {
        let store = try SQLiteStore.open(
            in: state, rootKey: RootKeySource.file(rootKey).load(forStoreIn: state).key, now: SystemWallClock().now)
        defer { try? store.close() }
        var records: [String: EnvironmentRecord] = [:]
        for record in try await store.environments() {
            let name = record.identity.name.description
            records[name] = record
            if let damage = record.damage { ledger.report("\(name) is damaged: \(damage)") }
            let contents = try await store.contents(of: record.identity.id)
            let census = try await store.overview(of: record.identity.id)?.census.filter { $0.keys > 0 } ?? []
            let keys = contents.hourlyKeys + contents.connectionKeys + contents.logKeys
            if census.map(\.keys) != (keys > 0 ? [keys] : []) || census.contains(where: { $0.version != record.environmentKey.version }) {
                ledger.report("\(name) keeps \(keys) keys under version \(record.environmentKey.version), its census says \(census)")
            }
        }
        var seen: Set<KeyID> = []
        for entry in ledger.entries where ledger.fate(of: entry) == .readable {
            let header = try EnvelopeHeader(parsing: entry.ciphertext.span.bytes)
            guard seen.insert(header.key).inserted, let record = records[entry.environment] else { continue }
            let wraps = try await store.key(header.key, of: header.environment)?.wraps.map(\.version)
            if wraps != [record.environmentKey.version] {
                ledger.report("the store has \(wraps.map { "wraps under \($0)" } ?? "no key") for \(entry.environment), \(entry.scope)")
            }
        }
    }
}
