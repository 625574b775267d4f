internal import EKMWire

/// The complete frames that follow one another, and what comes behind them.
struct FrameRun {
    /// How many there are.
    private(set) var count = 0
    /// Where the last one ends.
    private(set) var end: Int
    /// What stands there; never `.complete` but at the end of the bytes.
    private(set) var next: Frame.Scan

    /// About what one turn can answer: the rest would be looked through again.
    private static let most = 256

    init(in bytes: RawSpan, from start: Int, limit: Int) {
        end = start
        next = .complete(end: start)
        while end < bytes.byteCount, count < Self.most {
            next = Frame.scan(bytes, at: end, limit: limit)
            guard case .complete(let end) = next else { return }
            self.end = end
            count += 1
        }
    }
}

extension FrameHeader {
    /// For answers to what is no request: operation and request id 0.
    static var none: FrameHeader { FrameHeader(operation: Operation(rawValue: 0), requestID: 0) }
}
