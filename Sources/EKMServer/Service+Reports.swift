internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension Service {
    /// An environment as an operator sees it.
    /// - Parameter ciphers: how many ciphers the event loops hold of it.
    func report(of environment: LiveEnvironment, ciphers: Int) async throws(WireError) -> EnvironmentReport {
        let view = try await hierarchy { () throws(HierarchyError) in try await hierarchies.views.view(of: environment) }
        return EnvironmentReport(view, inMemory: InMemoryReport(environment.keysInMemory, ciphers: ciphers))
    }

    /// An environment's main key as a customer sees it.
    func keyReport(of environment: LiveEnvironment) async throws(WireError) -> KeyReport {
        let view = try await hierarchy { () throws(HierarchyError) in try await hierarchies.views.mainKeyView(of: environment) }
        return KeyReport(view, managedRotation: hierarchies.keeper.settings.managedRotation)
    }

    /// The repack of an environment, or that there is none.
    func repackReport(of environment: LiveEnvironment) async throws(WireError) -> RepackReport {
        guard environment.repackView() != nil else { return .none }
        let view = try await hierarchy { () throws(HierarchyError) in try await hierarchies.views.view(of: environment) }
        return view.repack.map { RepackReport($0, of: view.record) } ?? .none
    }

    func secondsLeft(of environment: LiveEnvironment) -> SecondsLeft {
        SecondsLeft(seconds: Int(environment.secondsLeft(at: clock.now)))
    }

    func secondsLeft(until deadline: BootInstant) -> SecondsLeft {
        SecondsLeft(seconds: Int(clamping: clock.now.remaining(until: deadline).components.seconds))
    }
}
