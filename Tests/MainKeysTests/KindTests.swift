import Foundation
import KeyHierarchy
import MainKeyDeclarations
import MainKeys
import Testing

@Suite("Kinds of main keys")
struct KindTests {
    @Test("Each kind that is declared is served, by its own declaration")
    func served() {
        #expect(KMSKinds.all.map { kind in kind.declaration.name } == MainKeyDeclarations.all.map(\.name))
        #expect(Set(MainKeyDeclarations.all.map(\.section.name)).count == MainKeyDeclarations.all.count)
    }

    @Test("No room beside MainKeys names a kind of KMS")
    func rooms() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../Sources").standardizedFileURL
        let names = try Regex(#"\b[Aa][Ww][Ss]|AWS|\b[Aa][Rr][Nn]\b|ARN\b|OpenBao|\bVault|[Hh]ashi|Azure|\bGCP|KMIP|PKCS|\bSTS\b|[Rr]oleA"#)
        var isThere = false
        for case let file as URL in try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)) {
            guard file.pathExtension == "swift" else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            if file.path.contains("/Sources/MainKeys/") {
                isThere = isThere || text.contains(names)
            } else {
                #expect(!text.contains(names), "\(file.path)")
            }
        }
        #expect(isThere, "where they belong, the names are found")
    }

    private static let arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    private static let role = "arn:aws:iam::444455556666:role/customer"

    private func admit(_ options: [String: String], key: String = arn, mayChoose: Bool = false) throws -> [String: String] {
        try MainKeyDeclaration.awsKMS.admit(key: key, options: options, ownID: "ekmd-own", mayChoose: mayChoose)
    }

    @Test("A role is assumed with the environment's own external id, and with another one only for who administers all")
    func ownID() throws {
        #expect(try admit([:]) == [:])
        let own = ["role-arn": Self.role, "external-id": "ekmd-own"]
        #expect(try admit(["role-arn": Self.role]) == own)
        #expect(try admit(own) == own)
        let others = ["role-arn": Self.role, "external-id": "globex"]
        let refused = #expect(throws: DeclarationError.self) { try admit(others) }
        #expect(refused?.code == .notGranted && refused?.message.contains("globex") == false)
        #expect(try admit(others, mayChoose: true) == others)
    }

    @Test(
        "What a kind does not take is refused before anything is asked",
        arguments: [
            ["role": role], ["external-id": "ekmd-own"], ["role-arn": "me"], ["role-arn": ""], ["given": arn],
            ["role-arn": role + String(repeating: "x", count: 2048)], ["role-arn": role, "external-id": "x"],
            ["role-arn": role, "external-id": String(repeating: "x", count: 1225)], ["role-arn": role, "external-id": "a b"],
            ["role-arn": "arn:aws:iam::1:role/\u{1B}[2J"],
        ])
    func invalid(_ options: [String: String]) {
        let refused = #expect(throws: DeclarationError.self) { try admit(options, mayChoose: true) }
        #expect(refused?.code == .invalid)
    }

    @Test("A key is named as its kind names keys", arguments: ["", "key", "arn:aws:s3:::bucket", "alias/x\n"])
    func key(_ key: String) {
        #expect(throws: DeclarationError.self) { try admit([:], key: key) }
    }

    @Test("The largest options that a kind may take fit into the store's row")
    func fits() {
        #expect(16 * (4 + 63 + 4 + DeclaredField.largestValue) + 4 + 5 + 4 + 2048 < 65_536)
    }
}
