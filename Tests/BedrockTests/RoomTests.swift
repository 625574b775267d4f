import FoundationEssentials
import Testing

/// What the compiler does not refuse: it lets a room import whatever another one brings into the build.
@Suite("The rooms")
struct RoomTests {
    private static let sources = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Sources"

    /// What of the project and of other packages each room may import; an arrow never runs back up.
    static let rooms: [String: Set<String>] = {
        let domain: Set = ["KeyHierarchy", "Cryptography", "Bedrock"]
        let daemon = domain.union(["Keyring", "CLinux"])
        return [
            "Bedrock": ["CLinux"],
            "Cryptography": ["Bedrock", "COpenSSL", "CLinux"],
            "KeyHierarchy": ["Cryptography", "Bedrock"],
            "Keyring": domain.union(["CLinux"]),
            "Upkeep": daemon,
            "MainKeys": domain.union(["MainKeyDeclarations", "CCurl", "CLinux"]),
            "SQLiteStore": domain.union(["GRDB", "GRDBSQLite"]),
            "EKMWire": ["Bedrock"],
            "EKMServer": daemon.union(["EKMWire", "NIOCore", "NIOPosix", "Logging"]),
            "ServiceManager": ["Bedrock", "CSystemd", "CLinux", "Logging"],
            "EKMClient": ["EKMWire", "Bedrock", "CLinux"],
            "EKMStreams": ["EKMClient", "EKMWire", "Cryptography", "Bedrock"],
            "ekmd": daemon.union(["Upkeep", "MainKeys", "MainKeyDeclarations", "SQLiteStore", "EKMServer", "ServiceManager", "EKMWire"])
                .union(["ArgumentParser", "Logging", "Yams"]),
            "ekmbench": ["EKMWire", "Bedrock", "CBench", "ArgumentParser", "Histogram"],
            "ekmctl": ["EKMClient", "EKMStreams", "EKMWire", "MainKeyDeclarations", "Cryptography", "Bedrock", "CLinux", "ArgumentParser"],
        ]
    }()

    /// Of the toolchain; the domain has none of them.
    static let toolchain: Set = ["Glibc", "Dispatch", "Synchronization", "Foundation", "FoundationEssentials"]

    @Test("There is a rule for each room that has Swift in it")
    func all() throws {
        let rooms = try FileManager.default.contentsOfDirectory(atPath: Self.sources).filter { try !Self.files(of: $0).isEmpty }
        #expect(Set(rooms) == Set(Self.rooms.keys))
    }

    @Test("A room imports what it may, and nothing else", arguments: rooms.keys.sorted())
    func imports(room: String) throws {
        let allowed = Self.rooms[room, default: []].union(room == "KeyHierarchy" ? [] : Self.toolchain)
        for (path, text) in try Self.files(of: room) {
            #expect(Self.imports(of: text).subtracting(allowed).sorted() == [], "\(path)")
        }
    }

    @Test("The domain starts no task, waits for no time, and reads no clock")
    func pure() throws {
        let words = ["Task {", "Task.", "Task(", "TaskGroup", "ContinuousClock", "SuspendingClock", "DispatchQueue", "Thread."]
        for (path, text) in try Self.files(of: "KeyHierarchy") {
            #expect(words.filter(Self.code(of: text).contains) == [], "\(path)")
        }
    }

    @Test("An import is found in whatever way it is written")
    func reading() {
        let text = """
            // import Nothing
            import A
            @testable package import struct B.Thing
            @preconcurrency internal import C // why
            public import func D.open
            """
        #expect(Self.imports(of: text) == ["A", "B", "C", "D"])
    }

    /// The files of a room, by their paths.
    private static func files(of room: String) throws -> [(path: String, text: String)] {
        let folder = "\(sources)/\(room)"
        return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }.map {
            ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8))
        }
    }

    /// Without the lines that are comments.
    private static func code(of text: String) -> String {
        text.split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
    }

    private static func imports(of text: String) -> Set<String> {
        var found: Set<String> = []
        for line in code(of: text).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(isModifier) else { continue }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
            guard let name = words[(place + 1)...].first(where: { !kinds.contains($0) }) else { continue }
            found.insert(String(name.prefix { $0 != "." }))
        }
        return found
    }

    private static func isModifier(_ word: Substring) -> Bool {
        word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
    }
}
