internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// The environment that a ciphertext or a lent key names. Whoever may not learn neither that it is here, nor its name, is answered the same.
struct EnvironmentOfCiphertext: Target {
    let id: EnvironmentID
    var environment: EnvironmentName? { nil }

    func find(_ need: OperationDeclaration.Need, for peer: Peer, _ service: Service) throws(WireError) -> LiveEnvironment {
        guard let environment = service.hierarchies.keyring.environment(id),
            service.authorizer.allows(need, on: environment.identity.name, to: peer)
        else {
            throw WireError(
                .unknownEnvironment,
                "This was encrypted in an environment that is not, or no longer, on this daemon, or for which nothing grants you \(need.permissions.first?.rawValue ?? "it").",
                remedy:
                    "Decrypt it on the daemon that has its environment, or ask for the grant; what a deleted environment encrypted is gone."
            )
        }
        return environment
    }
}
