import Testing

@testable import EKMWire

@Suite("Error codes")
struct ErrorCodeTests {
    @Test("Numbers and names are unique, and names are in kebab-case")
    func unique() {
        #expect(Set(ErrorCode.all.map(\.rawValue)).count == ErrorCode.all.count)
        #expect(Set(ErrorCode.all.map(\.name)).count == ErrorCode.all.count)
        #expect(ErrorCode.all.map(\.rawValue) == ErrorCode.all.map(\.rawValue).sorted())
        for code in ErrorCode.all { #expect(code.name.allSatisfy { $0.isLowercase || $0 == "-" }) }
        #expect(!ErrorCode.all.contains { $0.rawValue == 0 })
    }

    @Test("Every exit code is one of sysexits")
    func exitCodes() {
        for code in ErrorCode.all { #expect([64, 65, 69, 70, 73, 75, 77, 78].contains(code.exitCode), "\(code)") }
        #expect(ErrorCode.cannotDecrypt.exitCode == 65)
        #expect(ErrorCode.notGranted.exitCode == 77)
        #expect(ErrorCode.unreachable.exitCode == 75)
        #expect(ErrorCode.revoked.exitCode == 69)
    }

    @Test("A number of a later version survives")
    func later() {
        #expect(ErrorCode(rawValue: 5000).name == "error-5000")
        #expect(ErrorCode(rawValue: 5000).exitCode == 70)
        #expect("\(WireVerdict(rawValue: 9))" == "verdict 9")
        #expect("\(WireVerdict.mismatched)" == "mismatched")
    }
}
