internal import EKMWire

/// The operations of one connection beside its loop: a few at a time, the others behind them in their order.
struct BesideLane {
    /// The most that are under way.
    static let most = 8

    private var underWay = 0
    private var waiting = Queue<Gate.Pass>()

    /// - Returns: whether it may begin; otherwise it waits.
    mutating func enter(_ pass: Gate.Pass) -> Bool {
        guard underWay < Self.most else {
            waiting.append(pass)
            return false
        }
        underWay += 1
        return true
    }

    /// One has ended.
    /// - Returns: the one that begins in its place.
    mutating func leave() -> Gate.Pass? {
        let next = waiting.removeFirst()
        if next == nil { underWay -= 1 }
        return next
    }

    /// Takes out one of those that have not begun.
    mutating func forget() -> Gate.Pass? { waiting.removeFirst() }
}
