internal import EKMWire

/// An operation that reads the store, asks a main key or takes its time: it runs beside the event loops, behind the gate.
///
/// It says how its request is read, and what it is about; who may, whether there is room, and whether there is such a thing, the gate
/// decides by the operation's declaration.
protocol GatedOperation: SendableMetatype {
    associatedtype Request: Sendable
    associatedtype Aim: Target

    static var operation: Operation { get }
    static func decode(_ fields: RawSpan, _ limits: ServerLimits) throws(WireError) -> Request
    static func aim(of request: Request) throws(WireError) -> Aim
    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer
}

extension GatedOperation where Aim == TheDaemon {
    static func aim(of request: Request) -> TheDaemon { TheDaemon() }
}
