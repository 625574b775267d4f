internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// A request that the event loop does not answer itself.
struct OffLoopRequest: Sendable {
    let header: FrameHeader
    let fields: WipedBytes
    let peer: Peer
}

/// The fields of its answer, which are wiped once they were sent.
struct OffLoopAnswer: Sendable {
    var secondsLeft = SecondsLeft.doesNotApply
    let fields: WipedBytes

    init(_ fields: WipedBytes, secondsLeft: SecondsLeft = .doesNotApply) {
        self.fields = fields
        self.secondsLeft = secondsLeft
    }

    /// A report, as JSON.
    init(report: some Encodable, secondsLeft: SecondsLeft = .doesNotApply) throws(WireError) {
        do {
            let json = try ReportCoding.encode(report)
            self.init(unsafe WipedBytes(copying: json.span.bytes), secondsLeft: secondsLeft)
        } catch { throw .internalFailure }
    }
}

extension OffLoopAnswer {
    /// An environment as it is now.
    init(_ environment: LiveEnvironment, _ service: Service) async throws(WireError) {
        let ciphers = await service.cipherCounts()
        let report = try await service.report(of: environment, ciphers: ciphers[environment.identity.id] ?? 0)
        try self.init(report: report, secondsLeft: service.secondsLeft(of: environment))
    }
}

/// An operation that reads the store, asks a main key or takes its time: it runs beside the event loops.
protocol OffLoopOperation: SendableMetatype {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer
}

extension OffLoopOperation {
    /// The environment that a request names and nothing else.
    static func name(in request: OffLoopRequest) throws(WireError) -> EnvironmentName {
        let parsed = try request.fields.withBytes { (fields) throws(WireError) in
            try EnvironmentRequest(request.header.operation, parsing: fields)
        }
        return try EnvironmentName(wire: parsed.environment)
    }

    /// The environment that a request names and nothing else, whose status the peer may see.
    static func shown(_ request: OffLoopRequest, _ service: Service) throws(WireError) -> LiveEnvironment {
        let name = try name(in: request)
        try service.authorizer.requireStatus(of: name, for: request.peer)
        return try service.environment(name)
    }

    /// The environment that a request names and nothing else, which the peer may change.
    static func administered(_ request: OffLoopRequest, _ service: Service) throws(WireError) -> LiveEnvironment {
        let name = try name(in: request)
        try service.authorizer.require(.admin, on: name, for: request.peer)
        return try service.environment(name)
    }

    /// What of an environment's report an answer says in its second field.
    static func secondsLeft(of environment: LiveEnvironment, _ service: Service) -> SecondsLeft { service.secondsLeft(of: environment) }
}

/// Runs a step of the hierarchy, whose failures cross the wire as they are.
func hierarchy<R: ~Copyable>(_ body: () async throws(HierarchyError) -> R) async throws(WireError) -> R {
    do throws(HierarchyError) { return try await body() } catch { throw WireError(error) }
}
