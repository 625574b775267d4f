package import KeyHierarchy

/// Knows every environment's deadline; says what to wipe, and when to ask again. The timer around it only feeds it the time.
package struct Expiry: Sendable {
    package enum Event: Sendable {
        /// The environment's keys may live until then, and no longer.
        case deadline(EnvironmentID, BootInstant)
        /// Nothing of it is left in memory.
        case wiped(EnvironmentID)
        case tick
    }

    package enum Action: Equatable, Sendable {
        case wipe(EnvironmentID)
        /// Nothing is due before.
        case wake(at: BootInstant)
    }

    private var deadlines = Agenda<EnvironmentID, BootInstant>()

    package init() {}

    package mutating func next(_ event: Event, now: BootInstant) -> [Action] {
        switch event {
        case .deadline(let environment, let deadline): deadlines[environment] = deadline
        case .wiped(let environment): deadlines[environment] = nil
        case .tick: break
        }
        var actions: [Action] = []
        while let environment = deadlines.next(where: { $0 <= now }) { actions.append(.wipe(environment)) }
        if let next = deadlines.first() { actions.append(.wake(at: next)) }
        return actions
    }
}
