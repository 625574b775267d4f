import Bedrock
import EKMClient
import EKMWire

/// Shows that what must be refused is refused.
struct DemoRefusalsStep {
    let client: EKMClient
    let connection: ConnectionOptions
    let pair: DemoPair

    func run(_ journal: inout DemoJournal) throws {
        try journal.title("\nWhat must not open, does not:")
        let context = try EncryptionContext(["customer": pair.first])
        let plaintext = Array("the first customer's data".utf8)
        let scopes: [Scope] = [.job("42"), .connection("crm"), .event, .log]
        for scope in scopes {
            let sealed = try connection.call { () throws(EKMClientError) in
                try client.blocking.encrypt(plaintext, environment: pair.first, scope: scope, context: context).ciphertext
            }
            let again = try connection.call { () throws(EKMClientError) in
                try client.blocking.encrypt(plaintext, environment: pair.first, scope: scope, context: context).ciphertext
            }
            try journal.title("  \(Self.name(scope))")
            try journal.check("the same plaintext never gives the same ciphertext", sealed != again)
            try foreign(sealed, context, &journal)
            try tampering(sealed, context, &journal)
            let other: Scope = scope == .log ? .event : .log
            try journal.refuses("another scope than its own", [.wrongScope]) { () throws(EKMClientError) in
                _ = try client.blocking.decrypt(sealed, expecting: other, context: context)
            }
        }
        try lentKeys(context, &journal)
    }

    /// The second customer cannot open the first one's data: not under its context, and not with its own id in the header.
    private func foreign(_ sealed: [UInt8], _ context: EncryptionContext, _ journal: inout DemoJournal) throws {
        let theirs = try EncryptionContext(["customer": pair.second])
        try journal.refuses("the other customer's context", [.cannotDecrypt]) { () throws(EKMClientError) in
            _ = try client.blocking.decrypt(sealed, context: theirs)
        }
        try journal.refuses("no context", [.cannotDecrypt]) { () throws(EKMClientError) in _ = try client.blocking.decrypt(sealed) }
        let ids = try pair.names.compactMap { name in
            try connection.call { () throws(EKMClientError) in Hex.bytes(of: try client.blocking.showEnvironment(name).id) }
        }
        guard ids.count == 2, let place = sealed.firstRange(of: ids[0]) else {
            return try journal.check("the ciphertext names its environment", false)
        }
        var rewritten = sealed
        rewritten.replaceSubrange(place, with: ids[1])
        try journal.refuses("the header rewritten to the other environment", [.cannotDecrypt, .unknownKey]) { () throws(EKMClientError) in
            _ = try client.blocking.decrypt(rewritten, context: context)
        }
    }

    /// Any changed bit is refused, and any cut.
    private func tampering(_ sealed: [UInt8], _ context: EncryptionContext, _ journal: inout DemoJournal) throws {
        let flipped = sealed.indices.filter { isRefused(Self.flipped(sealed, at: $0), context) }.count
        try journal.check("a flipped bit in any of its \(sealed.count) bytes: refused", flipped == sealed.count)
        let altered = [1, 16, sealed.count / 2, sealed.count - 1, sealed.count].map { Array(sealed.dropLast($0)) } + [sealed + [0]]
        let refused = altered.filter { isRefused($0, context) }.count
        try journal.check("cut short, or with a byte appended: refused", refused == altered.count)
    }

    private static func flipped(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
        var changed = bytes
        changed[offset] ^= 1 << UInt8(offset % 8)
        return changed
    }

    /// A key that was lent is no data key of a ciphertext, and opens under its context alone.
    private func lentKeys(_ context: EncryptionContext, _ journal: inout DemoJournal) throws {
        try journal.title("  lent data keys")
        let lent = try connection.call { () throws(EKMClientError) in
            try client.blocking.generateDataKey(environment: pair.first, scope: .job("42"), context: context)
        }
        let opened = try connection.call { () throws(EKMClientError) in try client.blocking.openDataKey(lent.wrapped, context: context) }
        let bare = lent.key.withBytes { $0.array }
        try journal.check("opens to the same key", opened.key.withBytes { $0.array } == bare)
        let wrapped = lent.wrapped
        try journal.refuses("under another context", [.cannotDecrypt]) { () throws(EKMClientError) in
            _ = try client.blocking.openDataKey(wrapped)
        }
        try journal.refuses("as a ciphertext", [.cannotDecrypt, .unknownFormat]) { () throws(EKMClientError) in
            _ = try client.blocking.decrypt(wrapped, context: context)
        }
    }

    // Not inlined: Swift 6.3.1 aborts (CopyPropagation, an ownership error) when it optimises the call in a loop.
    @inline(never)
    private func isRefused(_ ciphertext: [UInt8], _ context: EncryptionContext) -> Bool {
        do {
            _ = try client.blocking.decrypt(ciphertext, context: context)
            return false
        } catch {
            return error.exitCode == ExitStatus.dataError.rawValue || error.refusal?.code == .unknownEnvironment
        }
    }

    private static func name(_ scope: Scope) -> String {
        switch scope {
        case .job: "job data"
        case .connection: "connection data"
        case .event: "trigger events"
        case .log: "log data"
        }
    }
}
