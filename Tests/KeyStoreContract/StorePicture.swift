package import KeyHierarchy

/// Everything that can be asked of a store, as text: two stores that have the same answer alike.
package struct StorePicture {
    /// The keys that are asked for, and the environments that they are of.
    var keys: [KeyID: EnvironmentID]
    /// Those whose keys are asked for.
    var hours: ClosedRange<UInt32>
    var erasures: [ErasureID] = []

    package func lines(of store: any KeyStore) async throws -> [String] {
        var lines: [String] = []
        for record in try await store.environments() {
            let id = record.identity.id
            lines.append(Self.describe(record))
            let overview = try await store.overview(of: id)
            lines.append("census \(overview?.census ?? []), \(try await store.contents(of: id)), \(String(describing: overview?.contents))")
            lines.append("log \(Self.describe(try await store.logKey(of: id)))")
            for connection: ConnectionID in ["a", "b"] {
                lines.append("connection \(Self.describe(try await store.connectionKey(connection, of: id)))")
            }
            for hour in hours {
                for inDoubt in [false, true] {
                    let key = try await store.hourlyKey(of: id, for: Hour(number: hour), floor: record.keyFloor, inDoubt: inDoubt)
                    lines.append("hour \(hour) \(inDoubt) \(Self.describe(key))")
                }
            }
        }
        for (key, environment) in keys.sorted(by: { $0.key < $1.key }) {
            lines.append("\(Self.describe(try await store.key(key, of: environment)))")
            lines.append("\(String(describing: try await store.tombstone(of: key, in: environment)))")
        }
        for erasure in erasures {
            lines.append("\(try await store.tombstones(of: erasure, after: nil, limit: 99))")
            lines.append("\(String(describing: try await store.receipt(erasure)))")
        }
        lines.append("\(try await store.openErasures())")
        lines.append("\(try await store.feed(after: 0, limit: 1000))")
        lines.append("\(try await store.feed(after: 40, limit: 3))")
        lines.append("\(String(describing: try await store.ledger.clockTick()))")
        return lines
    }

    static func describe(_ record: EnvironmentRecord) -> String {
        let mainKeys = record.mainKeys + [record.pending?.record].compactMap { $0 }
        return """
            \(record.identity) \(record.revision) \(mainKeys.map { "\($0.id) \($0.sealedMaterial ?? []) \(describe($0.createdAt))" }) \
            \(record.environmentKey) \(record.olderEnvironmentKeys) \(String(describing: record.pending?.withoutOld)) \
            \(record.replacedAt.map(describe) ?? "never replaced") \(record.isWaived) \(record.keyFloor) \(record.newestVersion) \
            \(String(describing: record.repack)) \(record.locks) \(record.newestLock) \(record.retention) \(record.damage ?? "sound")
            """
    }

    static func describe(_ key: KeyRecord?) -> String {
        guard let key else { return "none" }
        let wraps = key.wraps.sorted { $0.version < $1.version }
        return "\(key.id) \(key.purpose) \(describe(key.createdAt)) \(key.born) \(key.floor) \(wraps)"
    }

    private static func describe(_ stamp: Stamp) -> String { "\(stamp.time) \(String(describing: stamp.doubt))" }
}
