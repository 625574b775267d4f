/// What the kernel knows of this boot and of its wall clock.
package protocol ClockFacts: Sendable {
    /// Another after each boot; 36 characters.
    var bootID: String { get }
    /// Whether a time service keeps the wall clock.
    var isSynchronised: Bool { get }
}
