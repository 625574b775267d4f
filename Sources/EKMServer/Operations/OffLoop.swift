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
    /// The keys that it was done with or to, for the record.
    var keys: [KeyID] = []
    /// Where plaintext, or a key, of an environment stands in it: it ends with that.
    var secretsOf: LiveEnvironment?

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

/// Runs a step of the hierarchy, whose failures cross the wire as they are.
func hierarchy<R: ~Copyable>(_ body: () async throws(HierarchyError) -> R) async throws(WireError) -> R {
    do throws(HierarchyError) { return try await body() } catch { throw WireError(error) }
}
