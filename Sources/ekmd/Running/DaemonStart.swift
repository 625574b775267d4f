import Cryptography
import EKMServer
import Glibc
import KeyHierarchy
import Keyring
import Logging
import SQLiteStore
import ServiceManager
import Upkeep

/// Puts the daemon together, in an order in which a refused start has touched nothing: root key, store, keys, socket.
struct DaemonStart {
    let configuration: Configuration
    let warnings: [ConfigurationProblem]
    let log: RunningLog

    /// - Throws: with nothing left behind that was not there, but for directories.
    func run() throws(StartFailure) -> Daemon.Parts {
        for warning in warnings { log.logger.warning("\(warning)") }
        let daemonWarnings = DaemonWarnings()
        daemonWarnings.set(.configuration, warnings.map(\.description))
        daemonWarnings.set(.state, stateWarnings())

        let place = try socketPlace()

        let root = try configuration.rootKey.load(forStoreIn: configuration.state)
        if root.isNew, case .file(let path) = configuration.rootKey {
            log.logger.notice("made a root key in \(path); keep a copy of it (ekmctl root export): without it, keys are lost")
        }
        let isFirst = !SQLiteStore.exists(in: configuration.state)
        let store: SQLiteStore
        do {
            store = try SQLiteStore.open(in: configuration.state, rootKey: root.key, now: SystemWallClock().now, adoptingUnused: root.isNew)
        } catch { throw StartFailure(error) }
        if isFirst, !root.isNew {
            log.logger.warning(
                "made an empty key store in \(configuration.state) for a root key that was there before; if it had a store, stop ekmd and restore that"
            )
        }

        let observers = KeyringObservers()
        let changes = StatusChanges()
        let logger = log.logger
        observers.add { event in
            changes.note()
            EventLog.write(event, to: logger)
        }
        let provider = try MainKeyKinds(configuration: configuration, root: root.key, logger: log.logger).catalog()
        let assembly = Assembly(
            store: store, provider: provider, root: root.key, settings: configuration.keyringSettings,
            clockFacts: SystemClockFacts(bootID: Self.bootID), observers: observers)
        let loaded: KeyStoreError? = Blocking.run {
            do throws(KeyStoreError) { try await assembly.load() } catch { return error }
            return nil
        }
        if let loaded { throw StartFailure(loaded) }

        let authorizer = Authorizer(configuration.policy)
        let server = try serve(on: place, assembly, root.key, authorizer, daemonWarnings)
        assembly.start()
        let storeWatch = StoreWatch(store, warnings: daemonWarnings, changes: changes, logger: log.logger)
        storeWatch.start()
        return Daemon.Parts(
            store: store, assembly: assembly, authorizer: authorizer, server: server,
            log: log, warnings: daemonWarnings,
            changes: changes, storeWatch: storeWatch, mainKeys: provider,
            socket: place.path, ownsSocket: place.isOwn)
    }

    /// The service manager tells it where the unit hides it.
    private static var bootID: String? { unsafe getenv("EKMD_BOOT").map { unsafe String(cString: $0) } }

    private struct SocketPlace {
        var address: ServerAddress
        var path: String
        var isOwn: Bool
    }

    /// The socket that the service manager passed, or else our own.
    private func socketPlace() throws(StartFailure) -> SocketPlace {
        do throws(ServiceManagerError) {
            if let passed = try ListenSocket.passed() {
                let path = passed.path ?? configuration.socket
                return SocketPlace(address: .inherited(passed.take(), path: path), path: path, isOwn: false)
            }
        } catch { throw StartFailure(.configuration, error.message) }
        try SocketDirectory(ofSocket: configuration.socket).prepare()
        return SocketPlace(
            address: .path(configuration.socket, mode: configuration.socketMode, group: nil), path: configuration.socket, isOwn: true)
    }

    private func serve(
        on place: SocketPlace, _ assembly: Assembly, _ root: RootKey, _ authorizer: Authorizer,
        _ warnings: DaemonWarnings
    ) throws(StartFailure) -> Server {
        let export = RootExportRecord(state: configuration.state, root: root)
        let facts = DaemonFacts(
            version: Version.text, socket: place.path, state: configuration.state, storeBackend: "sqlite",
            isRootKeyExported: { export.exported }, didExportRootKey: { export.record() },
            warnings: { warnings.all + assembly.hierarchies.views.warnings })
        let limits = ServerLimits(
            frame: configuration.limits.frame, connections: connections(warnings), memory: configuration.limits.memory)
        let loops = min(max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN))), 16)
        let started: Result<Server, ServerError> = Blocking.run {
            do throws(ServerError) {
                return .success(
                    try await Server.start(
                        on: place.address, loops: loops, limits: limits, hierarchies: assembly.hierarchies, observers: assembly.observers,
                        root: root,
                        authorizer: authorizer, daemon: facts))
            } catch { return .failure(error) }
        }
        let server: Server
        do { server = try started.get() } catch {
            throw StartFailure(error.code == .inUse ? .tryAgain : .cannotCreate, error.message)
        }
        do {
            try ReadinessProbe(server: server).run()
        } catch {
            _ = Blocking.run(within: .seconds(2)) { await server.shutdown(within: .zero) }
            throw error
        }
        return server
    }

    /// As many as are configured, where there can be descriptors for them.
    private func connections(_ warnings: DaemonWarnings) -> Int {
        let (wanted, limit) = (configuration.limits.connections, DescriptorLimit.raise())
        let connections = DescriptorLimit.connections(wanted: wanted, limit: limit)
        guard connections < wanted else { return wanted }
        let warning =
            "With \(limit) file descriptors there is room for \(connections) connections, not for the \(wanted) of limits.connections; "
            + "raise LimitNOFILE= of the unit."
        log.logger.warning("\(warning)")
        warnings.set(.socket, [warning])
        return connections
    }

    private func stateWarnings() -> [String] {
        var status = stat()
        let path = configuration.state
        guard unsafe stat(path, &status) == 0, status.st_mode & 0o077 != 0 else { return [] }
        let warning =
            "The state directory \(path) is open to others (mode \(String(status.st_mode & 0o777, radix: 8))); run: chmod 700 \(path)"
        log.logger.warning("\(warning)")
        return [warning]
    }
}
