/// What is particular to an hourly key.
package struct HourlyKey: Hashable, Sendable {
    /// `upcoming` waits for its hour; `active` encrypts and decrypts; `inactive` only decrypts, and never becomes active again.
    package enum State: UInt8, Sendable {
        case active = 1
        case inactive = 2
        case upcoming = 3
    }

    package var hour: Hour
    package var state: State

    package init(hour: Hour, state: State) {
        self.hour = hour
        self.state = state
    }
}
