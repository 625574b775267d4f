/// Where a host keeps its clocks' last tick. A store that belongs to one host is one: its bound goes with a copy of it.
package protocol ClockLedger: Sendable {
    func clockTick() async throws(KeyStoreError) -> ClockTick?

    func keep(_ tick: ClockTick) async throws(KeyStoreError)
}
