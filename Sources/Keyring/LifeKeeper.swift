internal import Bedrock
internal import Cryptography
package import KeyHierarchy

/// Feeds events to the lives of environments, at the time and under the rules that hold, and tells what comes of it.
package final class LifeKeeper: Sendable {
    private let directory: Keyring
    let clock: any BootClock
    let wallClock: any WallClock
    private let currentSettings: Lock<KeyringSettings>
    private let observer: KeyringObserver
    private let ciphers = Lock<Dropper?>(nil)

    /// In a class: a closure that is read out of a generic container would be wrapped once more at each read.
    private final class Dropper: Sendable {
        let drop: @Sendable (EnvironmentID) async -> Void

        init(drop: @escaping @Sendable (EnvironmentID) async -> Void) { self.drop = drop }
    }

    init(
        directory: Keyring, clock: any BootClock, wallClock: any WallClock, settings: KeyringSettings, observer: @escaping KeyringObserver
    ) {
        self.directory = directory
        self.clock = clock
        self.wallClock = wallClock
        self.observer = observer
        currentSettings = Lock(settings)
    }

    package var settings: KeyringSettings { currentSettings.withLock { $0 } }

    func apply(_ settings: KeyringSettings) { currentSettings.withLock { $0 = settings } }

    var moment: LifeMoment {
        LifeMoment(boot: clock.now, wall: wallClock.now, rules: settings.rules, share: Double.random(in: 0.5...1))
    }

    /// - Parameter secret: the key that a granted answer brought.
    /// - Returns: what is left to do: all but what concerns the keys in memory and whom to tell.
    @discardableResult
    func run(_ event: LifeEvent, of environment: LiveEnvironment, secret: consuming SecretBytes? = nil) -> [LifeEffect] {
        let effects = environment.live(event, secret: secret, at: moment)
        directory.file(environment)
        let id = environment.identity.id
        if effects.contains(where: \.dropsKeys) { tell(.dropped(id)) }
        if effects.contains(where: \.movesDeadline) { tell(.deadlineMoved(id)) }
        for case .tell(let news) in effects {
            switch news {
            case .verdict(let verdict, let isInForce): tell(.verdict(environment.identity, verdict, isInForce: isInForce))
            case .damaged(let what): tell(.damaged(environment.identity, what))
            }
        }
        return effects
    }

    package func tell(_ event: KeyringEvent) { observer(event) }

    /// Says it once, for as long as it is the same.
    package func warn(_ sentence: String, of environment: LiveEnvironment) {
        let isNew = environment.withState { state in
            defer { state.warned = sentence }
            return state.warned != sentence
        }
        guard isNew else { return }
        directory.file(environment)
        tell(.warning(environment.identity, sentence))
    }

    package func forgetWarning(of environment: LiveEnvironment) {
        let wasWarned = environment.withState { state in
            defer { state.warned = nil }
            return state.warned != nil
        }
        if wasWarned { directory.file(environment) }
    }

    // MARK: Ciphers

    /// - Parameter drop: drops what was made of an environment's keys that are gone, and returns when nothing of it is left.
    package func onDropCiphers(_ drop: @escaping @Sendable (EnvironmentID) async -> Void) { ciphers.withLock { $0 = Dropper(drop: drop) } }

    /// For what must not be said before nothing is left of a key.
    func dropCiphers(of environment: LiveEnvironment) async { await ciphers.withLock { $0 }?.drop(environment.identity.id) }

    /// Reads or writes the store; damage shuts the environment.
    func fromStore<R: Sendable>(
        _ environment: LiveEnvironment, _ work: () async throws(KeyStoreError) -> R
    ) async throws(HierarchyError) -> R {
        do { return try await work() } catch {
            guard error.code == .damaged else { throw HierarchyError(error) }
            throw damaged(environment, error.message)
        }
    }

    func damaged(_ environment: LiveEnvironment, _ what: String) -> HierarchyError {
        run(.damaged(what), of: environment).refusal ?? HierarchyError(.damaged, what, remedy: "")
    }
}

extension [LifeEffect] {
    /// Why what was asked for is refused.
    var refusal: HierarchyError? {
        for case .refuse(let error) in self { return error }
        return nil
    }
}

extension LifeEffect {
    fileprivate var dropsKeys: Bool {
        switch self {
        case .wipe, .drop, .dropKeys, .dropDoomed, .endEncryption: true
        case .keep, .use, .ask, .refuse, .tell, .write: false
        }
    }

    fileprivate var movesDeadline: Bool {
        switch self {
        case .wipe, .drop, .keep: true
        case .dropKeys, .dropDoomed, .endEncryption, .use, .ask, .refuse, .tell, .write: false
        }
    }
}

extension HierarchyError {
    static func translating(_ error: any Error) -> HierarchyError {
        switch error {
        case let error as HierarchyError: error
        case let error as CryptographyError: HierarchyError(error)
        case let error as KeyStoreError: HierarchyError(error)
        default: HierarchyError(.internal, "A key could not be made.", remedy: "Report this.")
        }
    }
}
