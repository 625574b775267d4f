import Cryptography
import EKMServer
import EKMWire
import Glibc
import KeyHierarchy
import Keyring
import TestSupport
import Upkeep

/// A server on a socket of its own, over hierarchies whose clocks and main keys the test moves.
final class RunningServer: Sendable {
    let directory: TemporaryDirectory
    let clock = ManualBootClock()
    let wallClock = ManualWallClock()
    let store = InMemoryKeyStore()
    let mainKeys: FakeMainKeys
    let root: RootKey
    let authorizer: Authorizer
    let assembly: Assembly
    let server: Server

    init(
        loops: Int = 2, limits: ServerLimits = ServerLimits(), policy: Authorizer.Policy = .ownerMayDoEverything(getuid()),
        settings: KeyringSettings = KeyringSettings(), facts: DaemonFacts? = nil
    ) async throws {
        directory = try TemporaryDirectory()
        mainKeys = try FakeMainKeys(clock: clock)
        root = try RootKey.random()
        authorizer = Authorizer(policy)
        assembly = Assembly(
            store: store, provider: mainKeys, root: root, settings: settings, clock: clock, wallClock: wallClock,
            clockFacts: ManualClockFacts())
        // A repack that a test looks at is not to be over before.
        assembly.repacks.stop()
        let path = directory.file("ekmd.sock")
        server = try await Server.start(
            on: .path(path, mode: 0o600, group: nil), loops: loops, limits: limits, hierarchies: assembly.hierarchies,
            observers: assembly.observers, root: root, authorizer: authorizer,
            daemon: facts ?? DaemonFacts(version: "0.0.0-test", socket: path, state: directory.path, storeBackend: "memory"),
            clock: clock, wallClock: wallClock)
    }

    var hierarchies: Hierarchies { assembly.hierarchies }
    var timer: ExpiryTimer { assembly.expiry }
    var path: String { directory.file("ekmd.sock") }

    /// - Parameter greets: whether a hello was agreed on when this returns.
    func connect(greets: Bool = true) async throws -> RawClient {
        let client = try await RawClient(path)
        if greets { _ = try await client.ask(Requests.hello(id: .max)) }
        return client
    }

    /// Makes an environment without the socket.
    @discardableResult
    func create(_ name: String) async throws -> LiveEnvironment {
        try await hierarchies.environments.create(EnvironmentName(name), reference: .managed, material: nil)
    }

    /// Makes the environment's next request a cold one.
    func expire() {
        clock.advance(by: .seconds(301))
        timer.tick()
    }
}

/// Runs `body` with a server, which is stopped whatever happens.
func withServer<R: Sendable>(
    loops: Int = 2, limits: ServerLimits = ServerLimits(), policy: Authorizer.Policy = .ownerMayDoEverything(getuid()),
    settings: KeyringSettings = KeyringSettings(), facts: DaemonFacts? = nil, _ body: (RunningServer) async throws -> R
) async throws -> R {
    let running = try await RunningServer(loops: loops, limits: limits, policy: policy, settings: settings, facts: facts)
    do {
        let result = try await body(running)
        await running.server.shutdown(within: .milliseconds(500))
        return result
    } catch {
        await running.server.shutdown(within: .milliseconds(500))
        throw error
    }
}
