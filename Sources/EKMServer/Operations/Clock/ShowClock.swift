internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

/// Reports whether the wall clock is believed.
enum ShowClock: OffLoopOperation {
    static func answer(_ request: OffLoopRequest, _ service: Service) async throws(WireError) -> OffLoopAnswer {
        _ = try request.fields.withBytes { (fields) throws(WireError) in try EmptyRequest(.showClock, parsing: fields) }
        try service.authorizer.requireStatus(for: request.peer)
        return try OffLoopAnswer(report: ClockReport(service))
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
