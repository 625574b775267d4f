internal import Bedrock
package import KeyHierarchy

/// What all main keys in AWS KMS share: connections, configuration, and credentials, each renewed once for all who use them.
package final class AWSSession: Sendable {
    private struct Role: Hashable {
        let arn: String
        let region: String
        let externalID: String?
    }

    private struct State {
        var roles: [Role: AWSCredentialCache] = [:]
        /// Which material made a wrap, until its first decrypt has asked; oldest first.
        var generations: [(wrapped: [UInt8], generation: Generation)] = []
    }

    let configuration: AWSConfiguration
    let exchange: AWSExchange
    let wallClock: any WallClock
    let inspections: InspectionMemory
    private let base: AWSCredentialCache
    private let state = Lock(State())

    /// - Parameter environment: the process's environment variables.
    /// - Throws: ``AWSCredentialsError/Code/misconfigured`` for settings or shared files that cannot be used.
    package init(
        settings: AWSSettings, environment: [String: String], clock: any BootClock,
        wallClock: any WallClock, retry: AWSRetry = AWSRetry()
    ) throws(AWSCredentialsError) {
        configuration = try AWSConfiguration(settings: settings, environment: environment)
        // What is set wrongly is told now, not when a key is needed.
        for service in [AWSConfiguration.Service.kms, .sts] {
            _ = try configuration.endpoint(of: service, region: configuration.stsRegion)
        }
        do throws(HTTPFailure) {
            let http = try HTTPClient(settings: HTTPSettings(certificateAuthorities: configuration.certificateAuthorities), clock: clock)
            exchange = AWSExchange(http: http, clock: clock, retry: retry)
        } catch {
            throw AWSCredentialsError(.misconfigured, error.message)
        }
        self.wallClock = wallClock
        inspections = InspectionMemory(clock: clock, wallClock: wallClock)
        base = AWSCredentialCache(
            AWSCredentialChain(exchange: exchange, configuration: configuration, wallClock: wallClock), clock: clock)
    }

    /// Returns once the thread of all its requests has got round to it.
    func isAlive() async -> Bool { await exchange.http.isAlive() }

    /// - Parameter role: the ARN of a role to assume with the daemon's own credentials.
    func client(region: String, role: String?, externalID: String?) -> KMSClient {
        KMSClient(
            exchange: exchange, configuration: configuration, region: region,
            credentials: credentials(role: role, externalID: externalID, region: region))
    }

    /// The daemon's own, without any role.
    var ownCredentials: AWSCredentialCache { base }

    private func credentials(role: String?, externalID: String?, region: String) -> AWSCredentialCache {
        guard let role else { return base }
        let (base, exchange, configuration, wallClock) = (base, exchange, configuration, wallClock)
        // Where no region is configured, the key's own is the nearest that is sure to be in the right partition.
        let region = configuration.region ?? region
        return state.withLock { state in
            let name = Role(arn: role, region: region, externalID: externalID)
            if let known = state.roles[name] { return known }
            let sts = STSClient(exchange: exchange, configuration: configuration, wallClock: wallClock, region: region)
            let source = AssumedRoleCredentials(sts: sts, role: role, sessionName: "ekmd", externalID: externalID, base: base)
            let cache = AWSCredentialCache(source, clock: exchange.clock)
            state.roles[name] = cache
            return cache
        }
    }

    func remember(_ generation: Generation, of wrapped: [UInt8]) {
        state.withLock { state in
            if state.generations.count >= 256 { state.generations.removeFirst() }
            state.generations.append((wrapped, generation))
        }
    }

    func generation(of wrapped: [UInt8]) -> Generation? {
        state.withLock { state in state.generations.first { $0.wrapped == wrapped }?.generation }
    }
}
