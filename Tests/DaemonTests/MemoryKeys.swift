import Cryptography
import Foundation
import KeyHierarchy
import Keyring
import SQLiteStore
import TestSupport
import Testing

@testable import ekmd

/// Finds a daemon's plaintext keys outside of it: through the KMS, the root key's file and a copy of the store.
struct MemoryKeys {
    let daemon: DaemonFixture
    let kms: FaultInjectingKMS
    /// The environment's main key in the KMS.
    let key: String

    /// Adds the environment key, and every key under it that one of the envelopes needs.
    func add(of environment: String, _ envelopes: [(name: String, bytes: [UInt8])], to needles: Needles) async throws {
        let copy = try TemporaryDirectory()
        for file in ["store.sqlite", "store.sqlite-wal"] where FileManager.default.fileExists(atPath: "\(daemon.state)/\(file)") {
            try FileManager.default.copyItem(atPath: "\(daemon.state)/\(file)", toPath: copy.file(file))
        }
        let root = try RootKeySource.file(daemon.rootKey).load(forStoreIn: copy.path).key
        let store = try SQLiteStore.open(in: copy.path, rootKey: root, now: SystemWallClock().now)
        defer { try? store.close() }
        let records = try await store.environments()
        let record = try #require(records.first { $0.identity.name.description == environment })
        let id = key.split(separator: "/").last.map(String.init)
        let context = kms.requests.last { $0.operation == .decrypt && $0.isGranted && $0.key == id }?.context ?? [:]
        let payload = try #require(kms.plaintext(of: record.environmentKey.wrapped, context: context))
        payload.withUnsafeBytes { needles.add(secret: "what the KMS decrypted", $0) }
        let ladder = try KeyLadder(record, payload: SecretBytes(copying: payload.span.bytes))
        try await ladder.add(to: needles, envelopes: envelopes, from: store)
    }
}
