/// Until when a daemon may go by what its store said last.
package protocol StoreLease: Sendable {
    /// From then on no key may be used until the store has said again that nothing changed; nil where nobody else changes it, as
    /// with a store that belongs to one daemon.
    var leaseEnd: BootInstant? { get }
}
