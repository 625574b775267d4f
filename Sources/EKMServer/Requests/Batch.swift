internal import EKMWire

/// What is at hand while frames that came together are answered one after another.
struct Batch {
    let moment: Moment
    /// Of the last frames.
    var encryption: WarmKey?
    var decryption: WarmKey?
    /// The operation of the last frames, and how many there were of it: most batches have one, which is then counted once.
    private(set) var operation = FrameHeader.none.operation
    private(set) var times = 0

    /// Work since the clock was looked at, in units of about a warm request.
    private var work = 0
    /// How much of it may pass before the clock is looked at again.
    private static let mostWork = 32
    /// What one costs that is not warm.
    static let slow = 16

    @inline(__always)
    mutating func tire(_ work: Int) { self.work += work }

    /// Whether the turn is over.
    @inline(__always)
    mutating func isTired(_ turn: TurnEnd) -> Bool {
        guard work >= Self.mostWork else { return false }
        work = 0
        return turn.hasCome
    }

    init(moment: Moment) { self.moment = moment }

    /// Counts one more.
    /// - Returns: what to count when another operation begins.
    @inline(__always)
    mutating func count(_ operation: Operation) -> (operation: Operation, times: Int)? {
        guard operation.rawValue != self.operation.rawValue else {
            times += 1
            return nil
        }
        defer { (self.operation, times) = (operation, 1) }
        return times > 0 ? (self.operation, times) : nil
    }
}
