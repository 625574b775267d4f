internal import EKMWire

/// An operation as both faces of the client perform it: how its request is encoded, and its answer decoded.
struct Request<Value: ~Copyable> {
    let operation: Operation
    let encode: (inout [UInt8], UInt32) throws(WireError) -> Void
    let decode: (RawSpan, SecondsLeft) throws(WireError) -> Value
}
