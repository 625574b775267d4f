import EKMClient
import EKMStreams
import EKMWire

/// Encrypts and decrypts files under every scope.
struct DemoFilesStep {
    /// A scope, and the most that its ciphertext is longer than its plaintext, in bytes.
    private struct Kind: Sendable {
        let name: String
        let overhead: Int
        let scope: @Sendable (Int) -> Scope
    }

    private static let kinds = [
        Kind(name: "job", overhead: 200) { .job("job-\($0 / 40)") },
        Kind(name: "connection", overhead: 128) { .connection("connection-\($0 / 4 % 5)") },
        Kind(name: "event", overhead: 128) { _ in .event },
        Kind(name: "log", overhead: 128) { _ in .log },
    ]
    /// What goes through the daemon in one call, in bytes.
    private static let largest = 256 * 1024

    let client: EKMClient
    let connection: ConnectionOptions
    let pair: DemoPair

    func run(_ paths: [String], _ journal: inout DemoJournal) throws {
        try journal.title("\n\(paths.count) files of this machine, encrypted and decrypted under each customer's keys:")
        var counts = [Int](repeating: 0, count: Self.kinds.count)
        var bytes = counts
        var different = 0
        var overhead = counts
        for (index, path) in paths.enumerated() {
            guard let content = DemoFiles.read(path) else { continue }
            let number = index % Self.kinds.count
            let kind = Self.kinds[number]
            // Each pair of environments sees every scope.
            let environment = pair.names[index / Self.kinds.count % 2]
            let context = try EncryptionContext(["customer": environment, "file": path])
            let sealed = try encrypt(content, environment, kind.scope(index), context, &journal)
            if content.count <= Self.largest { overhead[number] = max(overhead[number], sealed.count - content.count) }
            if try decrypt(sealed, context, &journal) != content { different += 1 }
            counts[number] += 1
            bytes[number] += content.count
            journal.summary.files += 1
            journal.summary.plaintextBytes += UInt64(content.count)
        }
        for (index, kind) in Self.kinds.enumerated() {
            try journal.text(
                "\(kind.name.padded(to: 12))\(counts[index]) files, \(ByteCount(bytes[index])), at most \(overhead[index]) bytes more each")
        }
        try journal.check("every file came back as it was", different == 0 && counts.allSatisfy { $0 > 0 || paths.count < 4 })
        try journal.check(
            "ciphertext is at most 200 bytes longer for jobs, 128 for the rest", zip(Self.kinds, overhead).allSatisfy { $0.overhead >= $1 })
    }

    private func encrypt(
        _ content: [UInt8], _ environment: String, _ scope: Scope, _ context: EncryptionContext, _ journal: inout DemoJournal
    ) throws -> [UInt8] {
        if content.count <= Self.largest {
            return try journal.measure { () throws(Failure) in
                try connection.call { () throws(EKMClientError) in
                    try client.blocking.encrypt(content, environment: environment, scope: scope, context: context).ciphertext
                }
            }
        }
        var sealed: [UInt8] = []
        let encryptor = StreamEncryptor(client: client, environment: environment, scope: scope, context: context)
        try encryptor.encrypt(read: MemoryReader(content).read, write: { sealed += $0.array })
        return sealed
    }

    private func decrypt(_ sealed: [UInt8], _ context: EncryptionContext, _ journal: inout DemoJournal) throws -> [UInt8] {
        if unsafe !StreamFormat.isStream(sealed.span.bytes) {
            return try journal.measure { () throws(Failure) in
                try connection.call { () throws(EKMClientError) in try client.blocking.decrypt(sealed, context: context).plaintext }
            }
        }
        var content: [UInt8] = []
        let decryptor = StreamDecryptor(client: client, context: context)
        try decryptor.decrypt(read: MemoryReader(sealed).read, write: { content += $0.array })
        return content
    }
}
