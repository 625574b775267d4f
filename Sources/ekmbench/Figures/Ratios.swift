/// ekmd's throughput over that of a bare server: the median of the pairs, each measured in one breath.
struct Ratios: Codable, Sendable {
    var floor: Double
    var suite: Double

    init(_ turns: PerContender<[Turn]>) {
        floor = zip(turns.ekmd, turns.floor).map { $0.perSecond / $1.perSecond }.median
        suite = zip(turns.ekmd, turns.suite).map { $0.perSecond / $1.perSecond }.median
    }
}
