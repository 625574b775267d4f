/// Where deadlines come from: a clock that counts suspend.
package protocol BootClock: Sendable {
    var now: BootInstant { get }
}
