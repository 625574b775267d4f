import Foundation
import KeyHierarchy
import Keyring
import Logging
import MainKeys

/// All kinds of main keys, by the configuration.
struct MainKeyKinds {
    let configuration: Configuration
    let root: RootKey
    let logger: Logger

    func catalog() throws(StartFailure) -> MainKeyCatalog {
        MainKeyCatalog([
            .managed: ManagedProvider(root: root, clock: SystemBootClock()),
            .material: MaterialProvider(root: root, clock: SystemBootClock()), .awsKMS: try aws(),
        ])
    }

    private func aws() throws(StartFailure) -> any MainKeyProvider {
        let aws = configuration.aws
        var environment = ProcessInfo.processInfo.environment
        if let bundle = aws.caBundle { environment["AWS_CA_BUNDLE"] = bundle }
        do {
            let settings = AWSSettings(region: aws.region, endpoint: aws.endpoint, profile: aws.profile, timeout: configuration.kms.timeout)
            return AWSKMSProvider(
                session: try AWSSession(
                    settings: settings, environment: environment, clock: SystemBootClock(), wallClock: SystemWallClock()))
        } catch {
            // What the operator wrote here must hold; what lies around for other tools may concern no key of ours.
            guard aws == Configuration.AWS() else {
                throw StartFailure(.configuration, "The section 'aws' cannot be used: \(error.message)")
            }
            logger.warning("AWS KMS cannot be used until its settings are put right and ekmd is restarted: \(error.message)")
            return UnavailableProvider(message: "AWS KMS cannot be used by this ekmd: \(error.message)")
        }
    }
}

/// Stands for a kind of main key whose settings are unusable: the environments that need it say why.
struct UnavailableProvider: MainKeyProvider {
    let message: String

    func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        throw MainKeyFailure(verdict: .unreachable, message: message, remedy: "Put AWS's settings right, and restart ekmd.")
    }
}
