/// Where hours and dates come from.
package protocol WallClock: Sendable {
    var now: WallTime { get }
}
