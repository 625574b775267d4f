import Cryptography
import EKMClient
import EKMServer
import EKMWire
import Foundation
import KeyHierarchy
import Keyring
import MainKeys
import SQLiteStore
import TestSupport
import Upkeep

/// All of a daemon's parts in this process: its SQLite store, main keys of every kind, its repack jobs, and a socket.
struct MainKeyScene {
    let kms: FaultInjectingKMS
    let directory: TemporaryDirectory
    let store: SQLiteStore
    let server: Server
    let client: EKMClient
    private let assembly: Assembly

    init() async throws {
        kms = try FaultInjectingKMS()
        directory = try TemporaryDirectory()
        let root = try RootKey.random()
        store = try SQLiteStore.open(in: directory.file("state"), rootKey: root, now: SystemWallClock().now, adoptingUnused: true)
        let clock = SystemBootClock()
        let session = try AWSSession(
            settings: AWSSettings(region: kms.region, endpoint: kms.endpoint, timeout: .seconds(20)),
            environment: BoundKMS.credentials.merging(["HOME": "/nonexistent"]) { $1 }, clock: clock, wallClock: SystemWallClock())
        let provider = MainKeyCatalog([
            .managed: ManagedProvider(root: root, clock: clock), .material: MaterialProvider(root: root, clock: clock),
            .awsKMS: AWSKMSProvider(session: session),
        ])
        assembly = Assembly(store: store, provider: provider, root: root)
        try await assembly.load()
        let path = directory.file("ekmd.sock")
        server = try await Server.start(
            on: .path(path, mode: 0o600, group: nil), loops: 1, hierarchies: assembly.hierarchies,
            observers: assembly.observers, root: root, authorizer: Authorizer(.ownerMayDoEverything(getuid())),
            daemon: DaemonFacts(version: "0.0.0-test", socket: path, state: directory.path, storeBackend: "sqlite"))
        client = EKMClient(socketPath: path)
    }

    var hierarchies: Hierarchies { assembly.hierarchies }

    /// A main key of its own of that kind, and the material where it is uploaded.
    func mainKey(_ kind: MainKeyReference.Kind) throws -> (reference: MainKeyReference, material: [UInt8]?) {
        switch kind {
        case .awsKMS: (MainKeyReference(kind: .awsKMS, identifier: kms.createKey()), nil)
        case .material: (.material, try Random.bytes(32))
        default: (.managed, nil)
        }
    }

    /// Whether the bytes stand in the database or its log.
    func isInStore(_ bytes: [UInt8]) throws -> Bool {
        try ["store.sqlite", "store.sqlite-wal"].contains { name in
            let file = URL(fileURLWithPath: directory.file("state/\(name)"))
            return FileManager.default.fileExists(atPath: file.path) ? try Data(contentsOf: file).range(of: Data(bytes)) != nil : false
        }
    }

    func stop() async throws {
        assembly.stop()
        await server.shutdown(within: .seconds(1))
        try store.close()
    }
}
