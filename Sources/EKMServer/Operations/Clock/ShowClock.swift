internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports whether the wall clock is believed.
enum ShowClock: GatedOperation {
    typealias Request = EmptyRequest
    typealias Aim = TheDaemon
    static let operation = Operation.showClock

    static func perform(_ found: Found<Self>, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        try OffLoopAnswer(report: ClockReport(service))
    }
}

extension ClockReport {
    init(_ service: Service) {
        let judge = service.hierarchies.judge
        let wall = service.wallClock.now.description
        switch judge.state {
        case .believed: self.init(state: "trusted", wall: wall, believed: judge.believedNow.description)
        case .doubt(let reason): self.init(state: "in-doubt", reason: reason, wall: wall, believed: judge.believedNow.description)
        }
    }
}
