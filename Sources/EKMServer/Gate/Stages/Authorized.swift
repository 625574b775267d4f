internal import EKMWire

/// The second: who asks may, as far as the request tells what it is about.
struct Authorized<O: GatedOperation>: Sendable {
    let decoded: Decoded<O>
    private let epoch: UInt64

    init(_ decoded: Decoded<O>, by authorizer: Authorizer) throws(WireError) {
        epoch = authorizer.epoch
        self.decoded = decoded
        try authorizer.require(decoded.declaration.need, on: decoded.aim.environment, for: decoded.raw.peer)
    }

    /// What waited for its turn goes by the grants of now.
    func renewed(by authorizer: Authorizer) throws(WireError) -> Self {
        epoch == authorizer.epoch ? self : try Self(decoded, by: authorizer)
    }
}
