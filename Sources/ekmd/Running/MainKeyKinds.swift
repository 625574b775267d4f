import Foundation
import KeyHierarchy
import Keyring
import Logging
import MainKeyDeclarations
import MainKeys

/// All kinds of main keys, by the configuration.
struct MainKeyKinds {
    let configuration: Configuration
    let root: RootKey
    let logger: Logger

    func catalog() throws(StartFailure) -> MainKeyCatalog {
        var providers: [MainKeyReference.Kind: any MainKeyProvider] = [
            .managed: ManagedProvider(root: root, clock: SystemBootClock()),
            .material: MaterialProvider(root: root, clock: SystemBootClock()),
        ]
        let surroundings = MainKeySurroundings(
            environment: ProcessInfo.processInfo.environment, timeout: configuration.kms.timeout, clock: SystemBootClock(),
            wallClock: SystemWallClock())
        for kind in KMSKinds.all {
            providers[MainKeyReference.Kind(rawValue: kind.declaration.name)] = try provider(of: kind, surroundings)
        }
        return MainKeyCatalog(providers)
    }

    private func provider(
        of kind: any MainKeyKind.Type, _ surroundings: MainKeySurroundings
    ) throws(StartFailure) -> any MainKeyProvider {
        let (title, section) = (kind.declaration.title, kind.declaration.section.name)
        let settings = configuration.kinds[section] ?? [:]
        do {
            return try kind.provider(settings: settings, surroundings: surroundings)
        } catch {
            // What the operator wrote here must hold; what lies around for other tools may concern no key of ours.
            guard settings.isEmpty else {
                throw StartFailure(.configuration, "The section '\(section)' cannot be used: \(error.message)")
            }
            logger.warning("\(title) cannot be used until its settings are put right and ekmd is restarted: \(error.message)")
            return UnavailableProvider(title: title, message: "\(title) cannot be used by this ekmd: \(error.message)")
        }
    }
}

/// Stands for a kind of main key whose settings are unusable: the environments that need it say why.
struct UnavailableProvider: MainKeyProvider {
    let title: String
    let message: String

    private var remedy: String { "Put the settings of \(title) right, and restart ekmd." }

    func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        throw MainKeyFailure(verdict: .unreachable, message: message, remedy: remedy)
    }

    func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
        throw ReferenceRefusal(.invalid, message, remedy: remedy)
    }
}
