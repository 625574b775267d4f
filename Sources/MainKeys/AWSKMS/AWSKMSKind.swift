package import KeyHierarchy
package import MainKeyDeclarations

/// AWS KMS, as the daemon serves it.
package enum AWSKMSKind: MainKeyKind {
    package static var declaration: MainKeyDeclaration { .awsKMS }

    package static func provider(
        settings: [String: String], surroundings: MainKeySurroundings
    ) throws(MainKeySettingsError) -> any MainKeyProvider {
        var environment = surroundings.environment
        if let bundle = settings["ca_bundle"] { environment["AWS_CA_BUNDLE"] = bundle }
        do throws(AWSCredentialsError) {
            return AWSKMSProvider(
                session: try AWSSession(
                    settings: AWSSettings(
                        region: settings["region"], endpoint: settings["endpoint"], profile: settings["profile"],
                        timeout: surroundings.timeout),
                    environment: environment, clock: surroundings.clock, wallClock: surroundings.wallClock))
        } catch { throw MainKeySettingsError(error.message) }
    }
}

extension MainKeyReference.Kind {
    package static let awsKMS = MainKeyReference.Kind(rawValue: AWSKMSKind.declaration.name)
}
