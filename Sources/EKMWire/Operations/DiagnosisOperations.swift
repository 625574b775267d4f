/// The clock, and what is wrong.
extension Operation {
    package static let showClock = Operation(rawValue: 56)
    package static let acceptClock = Operation(rawValue: 57)
    package static let diagnose = Operation(rawValue: 58)
}

extension OperationDeclaration {
    static let diagnosis = [
        Self(
            .showClock, "show-clock", answer: "rest clock report, JSON", needs: .anywhere([.status, .admin]), costs: .warm,
            records: .nothing),
        Self(
            .acceptClock, "accept-clock", answer: "rest clock report, JSON", needs: .everything([.admin]), costs: .store,
            records: .changes),
        Self(
            .diagnose, "diagnose", request: "string8 environment, empty for the daemon and all of them",
            answer: "rest doctor report, JSON", needs: .look, costs: .wholeStore, records: .nothing),
    ]
}
