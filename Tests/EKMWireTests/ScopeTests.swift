import EKMWire
import Testing

@Suite("Ids on the wire")
struct ScopeTests {
    private static let composed = "caf\u{e9}"
    private static let decomposed = "cafe\u{301}"

    @Test("are told apart by their bytes, also where Unicode calls them equal")
    func bytes() {
        #expect(Self.composed == Self.decomposed)
        #expect(Scope.job(Self.composed) != .job(Self.decomposed))
        #expect(Scope.connection(Self.composed) != .connection(Self.decomposed))
        #expect(Scope.connection(Self.composed) == .connection(Self.composed))
        #expect(Scope.connection("crm") != .job("crm"))
        #expect(Set([Scope.connection(Self.composed), .connection(Self.decomposed), .event, .log]).count == 4)
        #expect(ErasureSubject.connection(Self.composed) != .connection(Self.decomposed))
        #expect(Set([ErasureSubject.connection(Self.composed), .connection(Self.decomposed), .before(unixSeconds: 1)]).count == 3)
    }
}
