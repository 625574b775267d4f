import EKMWire
import Foundation
import TestSupport
import Testing

@Suite("ekmctl looks after environments")
struct CLIEnvironmentTests {
    static let good = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    @Test("and takes key material in base64, with white space behind it", arguments: ["", "\n", "\r\n", " \t\n\n\n"])
    func material(_ end: String) async throws {
        let cli = try await CLI()
        try cli.write(Array((Self.good + end).utf8), to: "key.txt")
        let report = try await cli.succeed(["env", "create", "acme/own", "--material", "key.txt", "--json"]).text
        #expect(report.contains(#""kind" : "material""#))
        let ciphertext = try await cli.encrypt([1, 2], environment: "acme/own")
        #expect(try await cli.decrypt(ciphertext).output == [1, 2])
    }

    /// A file's content, the exit code, and a word of the error.
    static let badMaterial: [(String, [UInt8], Int32, String)] = [
        ("empty", [], 65, "empty"),
        ("short", Array("AAAA".utf8), 65, "3 bytes"),
        ("long", Array((good.dropLast(4) + "Hh8gISIj").utf8), 65, "36 bytes"),
        ("not base64", Array("no key at all!".utf8), 65, "base64"),
        ("without padding", Array(good.dropLast().utf8), 65, "base64"),
        ("a line break within", Array((good.prefix(8) + "\n" + good.dropFirst(8)).utf8), 65, "base64"),
        ("PEM", Array("-----BEGIN PRIVATE KEY-----\n\(good)\n-----END PRIVATE KEY-----\n".utf8), 65, "PEM"),
        ("binary", (0..<32).map { UInt8($0 * 8) }, 65, "binary"),
        ("zeros", Array((String(repeating: "A", count: 43) + "=").utf8), 65, "zeros"),
        ("large", [UInt8](repeating: 0x41, count: 5000), 65, "too large"),
    ]

    @Test("and tells apart the ways in which a file is no key material, without changing anything")
    func badMaterial() async throws {
        let cli = try await CLI()
        for (name, content, code, word) in Self.badMaterial {
            try cli.write(content, to: "key.txt")
            let command = try await cli.run(["env", "create", "acme/own", "--material", "key.txt"])
            #expect(command.ending == .exited(code), "\(name)")
            #expect(command.errors.contains(word), "\(name): \(command.errors)")
        }
        #expect(try await cli.run(["env", "create", "acme/own", "--material", "missing"]).ending == .exited(66))
        #expect(try await cli.run(["env", "create", "acme/own", "--material", "/proc/self/mem"]).ending != .exited(0))
        #expect(try await !cli.succeed(["env", "list"]).text.contains("acme/own"))
    }

    @Test("shows one with all that a program needs to know, and a person's picture of it")
    func show() async throws {
        let cli = try await CLI()
        _ = try await cli.encrypt([1], ["--job", "1"])
        let json = try JSONSerialization.jsonObject(with: Data(try await cli.succeed(["env", "show", "acme/prod", "--json"]).output))
        let report = try #require(json as? [String: Any])
        for name in ["environment", "state", "mainKey", "proof", "secondsLeft", "census", "replacement", "repack"] {
            #expect(report[name] != nil, "\(name)")
        }
        let picture = try await cli.succeed(["env", "show", "acme/prod"]).text
        #expect(picture.contains("acme/prod   available"))
        #expect(picture.contains("hourly keys      1"))
    }

    @Test("deletes one whose name was given twice, says what that makes unreadable, and leaves the others")
    func delete() async throws {
        let cli = try await CLI(environments: ["acme/prod", "globex/prod"])
        let lost = try await cli.encrypt([1], ["--job", "1"])
        let kept = try await cli.encrypt([2], environment: "globex/prod")
        #expect(try await cli.run(["env", "delete", "acme/prod"]).ending == .exited(64))
        #expect(try await cli.run(["env", "delete", "acme/prod", "--confirm", "acme"]).ending == .exited(64))
        #expect(try await cli.decrypt(lost).output == [1])
        let deleted = try await cli.succeed(["env", "delete", "acme/prod", "--confirm", "acme/prod"])
        #expect(deleted.errors.contains("hourly keys      1"))
        #expect(try await cli.decrypt(lost).ending == .exited(65))
        #expect(try await cli.decrypt(kept).output == [2])
    }

    @Test("asks at a terminal for the name to be typed")
    func confirmation() async throws {
        let cli = try await CLI()
        let typed = { (name: String) in
            try await cli.shell("(sleep 1; printf '\(name)\\n'; sleep 1) | script -qec \"$EKMCTL env delete acme/prod\" /dev/null")
        }
        #expect(try await typed("acme/pro").text.contains("nothing was deleted"))
        #expect(try await cli.succeed(["env", "list"]).text.contains("acme/prod"))
        #expect(try await typed("acme/prod").text.contains("Deleted acme/prod"))
        #expect(try await !cli.succeed(["env", "list"]).text.contains("acme/prod"))
    }

    @Test("prints the least key policy, filled in, and a trust policy with the environment's external id")
    func policy() async throws {
        let cli = try await CLI()
        let principal = "arn:aws:iam::111122223333:role/ekmd"
        let role = "arn:aws:iam::444455556666:role/customer"
        let arguments = ["policy", "aws-kms", "acme/prod", "--principal", principal, "--role-arn", role, "--json"]
        let json = try JSONSerialization.jsonObject(with: Data(try await cli.succeed(arguments).output)) as? [String: Any]
        let statements = try #require((json?["keyPolicy"] as? [String: Any])?["Statement"] as? [[String: Any]])
        #expect(statements.count == 2)
        #expect(statements[0]["Action"] as? [String] == ["kms:Encrypt", "kms:Decrypt"])
        #expect(
            statements[0]["Condition"] as? [String: [String: String]] == [
                "StringEquals": ["kms:EncryptionContext:ekm:workspace": "acme", "kms:EncryptionContext:ekm:environment": "prod"]
            ])
        #expect(statements[1]["Action"] as? [String] == ["kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:ListKeyRotations"])
        #expect(statements[1]["Condition"] == nil)
        #expect(statements.allSatisfy { $0["Principal"] as? [String: String] == ["AWS": role] })
        let trust = try #require((json?["trustPolicy"] as? [String: Any])?["Statement"] as? [[String: Any]])
        let externalID = try #require(json?["externalID"] as? String)
        #expect(trust[0]["Principal"] as? [String: String] == ["AWS": principal])
        #expect(trust[0]["Condition"] as? [String: [String: String]] == ["StringEquals": ["sts:ExternalId": externalID]])
        let again = try await cli.succeed(arguments).text
        #expect(again.contains(externalID))
        #expect(try await !cli.succeed(["policy", "aws-kms", "acme/dev"] + arguments.dropFirst(3)).text.contains(externalID))
    }

    @Test("tells what a user may do, without trying it")
    func whoami() async throws {
        let cli = try await CLI(settings: "grants:\n  - { user: \(getuid()), environments: ['acme/*'], allow: [status, encrypt, admin] }\n")
        let text = try await cli.succeed(["whoami"]).text
        #expect(text.contains("uid \(getuid())") && text.contains("on acme/*") && text.contains("may not: decrypt"), "\(text)")
        #expect(
            try await cli.succeed(["whoami", "--env", "acme/prod", "--op", "encrypt"]).text == "uid \(getuid()) may encrypt on acme/prod\n")
        let refused = try await cli.run(["whoami", "--env", "other/prod", "--op", "encrypt"])
        #expect(refused.ending == .exited(77) && refused.text.contains("may not encrypt on other/prod: it needs encrypt on other/prod"))
        #expect(try await cli.run(["whoami", "--op", "fly"]).ending == .exited(64))
        // Of others only who administers everything is told.
        #expect(try await cli.run(["whoami", "--user", "54321"]).ending == .exited(77))
        let json = try await cli.succeed(["whoami", "--json"]).text
        #expect(json.contains("\"isAllowed\" : false"))
    }

    @Test("exports the root key to a file that is new and private, and never to a terminal")
    func rootExport() async throws {
        let cli = try await CLI()
        try await cli.succeed(["root", "export", "--to", "root.txt"])
        #expect(try await cli.shell("stat -c %a root.txt; base64 -d root.txt | wc -c").text == "600\n32\n")
        #expect(try await cli.run(["root", "export", "--to", "root.txt"]).ending == .exited(73))
        #expect(try await cli.succeed(["root", "export"]).output == cli.read("root.txt"))
        let beside = try await cli.run(["root", "export", "--to", cli.daemon.directory.file("state/root.txt")])
        #expect(beside.ending == .exited(64) && beside.errors.contains("holds a key store"), "\(beside.errors)")
        let terminal = try await cli.shell("script -qec \"$EKMCTL root export\" /dev/null < /dev/null")
        #expect(terminal.ending == .exited(64))
        #expect(!terminal.text.contains(String(decoding: cli.read("root.txt").prefix(20), as: UTF8.self)))
    }

    @Test("counts an export of the root key as a backup once the copy is whole, on a disk, and not before")
    func rootBackup() async throws {
        let cli = try await CLI()
        func isNoted() async throws -> Bool {
            let status = try await cli.succeed(["status", "--json"]).output
            return try JSONDecoder().decode(StatusReport.self, from: Data(status)).rootKeyExported == true
        }
        let full = try await cli.shell(
            """
            mkdir full; unshare -m bash -c '
                mount -t tmpfs -o size=64k none full || exit 99
                head -c 1M /dev/zero > full/ballast 2> /dev/null
                "$EKMCTL" root export --to full/root.txt
                code=$?; ls full; exit $code'
            """)
        #expect(full.ending == .exited(74) && full.text == "ballast\n", "\(full.errors)")
        #expect(try await !isNoted())

        // A pipe may lead anywhere. `-` is no file's name.
        let piped = try await cli.shell("\"$EKMCTL\" root export --to - | cat > piped.txt; ls")
        #expect(piped.text == "full\npiped.txt\n")
        #expect(piped.errors.contains("ekmctl root confirm"))
        #expect(try await !isNoted())

        try cli.write(Array(Data(repeating: 7, count: 32).base64EncodedString().utf8), to: "other.txt")
        #expect(try await cli.run(["root", "confirm", "other.txt"]).ending == .exited(64))
        #expect(try await cli.run(["root", "confirm"], input: [1, 2, 3]).ending == .exited(65))
        #expect(try await !isNoted())
        try await cli.succeed(["root", "confirm", "piped.txt"])
        #expect(try await isNoted())
    }

    @Test("notes a backup in a file at once", arguments: ["--to root.txt", "> root.txt"])
    func rootBackupInFile(_ target: String) async throws {
        let cli = try await CLI()
        let export = try await cli.shell("\"$EKMCTL\" root export \(target)")
        #expect(export.ending == .exited(0) && !export.errors.contains("root confirm"))
        #expect(try await cli.succeed(["status"]).text.contains("exported"))
        #expect(try await !cli.succeed(["status"]).text.contains("never exported"))
    }
}
