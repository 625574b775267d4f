import EKMWire
import Foundation
import Testing

@Suite("Operations are declared once")
struct OperationDeclarationTests {
    private static func specification() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOfFile: "/\(root)/Sources/EKMWire/Documentation.docc/WireProtocol.md", encoding: .utf8)
    }

    @Test("numbers and names are unique, and every number that has a name has a declaration")
    func unique() {
        let declarations = EKMWire.Operation.declarations
        #expect(Set(declarations.map(\.operation)).count == declarations.count)
        #expect(Set(declarations.map(\.name)).count == declarations.count)
        #expect(EKMWire.Operation(rawValue: 0).declaration == nil && EKMWire.Operation(rawValue: 15).description == "operation 15")
        #expect(EKMWire.Operation.cancelRepack.description == "cancel-repack")
    }

    @Test("the specification's table says what is declared, line by line")
    func table() throws {
        let lines = try Self.specification().split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("| number | operation") })
        let rows = lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
        let declared = EKMWire.Operation.declarations.map { [String($0.operation.rawValue), $0.name, $0.request, $0.answer] }
        #expect(rows == declared)
    }

    @Test("the specification names the requests that must not be sent again")
    func repeatable() throws {
        let numbers = EKMWire.Operation.declarations.filter { !$0.isRepeatable }.map { String($0.operation.rawValue) }
        let list = numbers.dropLast().joined(separator: ", ") + " and " + (numbers.last ?? "")
        #expect(try Self.specification().contains("Requests other than \(list) may be sent again"))
    }

    @Test("what changes something is recorded, and whoever may only look changes nothing")
    func trails() {
        for declaration in EKMWire.Operation.declarations {
            let mayLookersAsk = declaration.need.permissions.contains(.status)
            #expect(!mayLookersAsk || declaration.trail != .changes, "\(declaration.name)")
            #expect(declaration.need.permissions != [.admin] || declaration.trail == .changes, "\(declaration.name)")
            #expect(declaration.isRepeatable || declaration.trail == .changes, "\(declaration.name)")
        }
    }
}
