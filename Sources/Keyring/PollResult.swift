/// What the last poll of a key said.
package struct PollResult: Sendable {
    package var at: WallTime
    package var inspection: Result<MainKeyInspection, MainKeyFailure>
}
