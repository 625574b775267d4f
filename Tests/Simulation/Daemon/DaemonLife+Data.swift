import Cryptography
import KeyHierarchy
import Keyring

/// What clients ask for, on the way that the server's workers take: what is warm first, then the keyring, and every use looks at the time.
extension DaemonLife {
    /// How often a request begins again when its key ends under it.
    private static let attempts = 3

    func encrypt(
        _ plaintext: [UInt8], _ scope: DataScope, context: [UInt8], in name: String
    ) async throws(Refusal) -> DaemonAnswer.Sealed {
        let environment = try environment(name)
        let what = WarmCiphers.Use(environment: name, scope: scope)
        var fetched: CachedKey?
        for _ in 0...Self.attempts {
            let now = bootNow
            let hour = wallNow.hour
            if let warm = ciphers.last(what), let cipher = warm.cipher, Self.isFit(warm.key, now, hour) {
                return try seal(plaintext, context, warm.key, cipher)
            }
            let usable = fetched.flatMap { Self.isFit($0, now, hour) ? $0 : nil }
            if let key = usable ?? environment.encryptionKey(for: Scope(scope), hour: hour, at: now),
                let entry = try warm(key, what), let cipher = entry.cipher
            {
                return try seal(plaintext, context, key, cipher)
            }
            fetched = try await request { () throws(HierarchyError) in
                try await hierarchies.fetcher.encryptionKey(for: Scope(scope), of: environment)
            }
        }
        throw Refusal(code: "wiped", message: "The key ended again and again.", meaning: .refused)
    }

    func decrypt(
        _ ciphertext: [UInt8], context: [UInt8], expected: DataScope?
    ) async throws(Refusal) -> DaemonAnswer.Opened {
        let header: EnvelopeHeader
        do { header = try EnvelopeHeader(parsing: ciphertext.span.bytes) } catch { throw Refusal(error) }
        guard let environment = hierarchies.keyring.environment(header.environment) else {
            throw Refusal(code: "unknownEnvironment", message: "There is no such environment here.", meaning: .refused)
        }
        var fetched: CachedKey?
        for _ in 0...Self.attempts {
            let now = bootNow
            let usable = fetched.flatMap { $0.isUsable(at: now) ? $0 : nil }
            if let key = usable ?? environment.decryptionKey(for: header, envelope: ciphertext.span.bytes, at: now),
                let entry = try warm(key, nil), let cipher = entry.cipher
            {
                if let expected, !key.serves(Scope(expected), header: header) { throw Refusal(.otherScope) }
                guard ciphertext.starts(with: key.header) else { throw Refusal(code: "cannotDecrypt", message: "", meaning: .refused) }
                return try open(ciphertext, context, key, cipher, header)
            }
            fetched = try await request { () throws(HierarchyError) in
                try await hierarchies.fetcher.decryptionKey(for: header, envelope: ciphertext, of: environment)
            }
        }
        throw Refusal(code: "wiped", message: "The key ended again and again.", meaning: .refused)
    }

    func lend(_ scope: DataScope, context: [UInt8], in name: String) async throws(Refusal) -> DaemonAnswer.Lent {
        let environment = try environment(name)
        return try await request { () throws(HierarchyError) in
            let lent = try await hierarchies.fetcher.lendDataKey(for: Scope(scope), context: context, in: environment)
            let parsed = try LentDataKey(parsing: lent.wrapped)
            return DaemonAnswer.Lent(
                wrapped: lent.wrapped, environment: parsed.environment.description, key: parsed.key.description,
                secret: lent.key.withBytes { Array($0) }, use: use(until: lent.deadline))
        }
    }

    func openLent(_ wrapped: [UInt8], context: [UInt8], expected: DataScope?) async throws(Refusal) -> DaemonAnswer.Opened {
        let lent: LentDataKey
        do { lent = try LentDataKey(parsing: wrapped) } catch { throw Refusal(error) }
        guard let environment = hierarchies.keyring.environment(lent.environment) else {
            throw Refusal(code: "unknownEnvironment", message: "There is no such environment here.", meaning: .refused)
        }
        return try await request { () throws(HierarchyError) in
            let opened = try await hierarchies.fetcher.openDataKey(
                lent, context: context, expected: expected.map(Scope.init), in: environment)
            return DaemonAnswer.Opened(plaintext: opened.key.withBytes { Array($0) }, use: use(until: opened.deadline))
        }
    }

    // MARK: The workers' part

    private static func isFit(_ key: CachedKey, _ now: BootInstant, _ hour: Hour) -> Bool {
        key.mayEncrypt(in: hour, at: now)
    }

    private func warm(_ key: CachedKey, _ what: WarmCiphers.Use?) throws(Refusal) -> WarmCiphers.Entry? {
        do { return try ciphers.use(key, for: what) } catch { throw Refusal(code: "internal", message: error.message, meaning: .refused) }
    }

    private func seal(
        _ plaintext: [UInt8], _ context: [UInt8], _ key: CachedKey, _ cipher: EnvelopeCipher
    ) throws(Refusal) -> DaemonAnswer.Sealed {
        let header = key.header
        do {
            let nonce = try Random.bytes(EnvelopeCipher.nonceSize)
            let sealed = try Self.bytes(plaintext.count + EnvelopeCipher.overhead) { (output) throws(CryptographyError) in
                try cipher.seal(
                    plaintext.span.bytes, header: header.span.bytes, context: context.span.bytes, nonce: nonce.span.bytes, into: &output)
            }
            return DaemonAnswer.Sealed(
                ciphertext: header + sealed, environment: key.environment.identity.id.description, key: key.id.description,
                use: use(until: key.deadline))
        } catch { throw Refusal(code: "internal", message: error.message, meaning: .refused) }
    }

    private func open(
        _ ciphertext: [UInt8], _ context: [UInt8], _ key: CachedKey, _ cipher: EnvelopeCipher, _ header: EnvelopeHeader
    ) throws(Refusal) -> DaemonAnswer.Opened {
        let size = EnvelopeHeader.byteCount(for: header.scope)
        let (head, sealed) = (Array(ciphertext.prefix(size)), Array(ciphertext.dropFirst(size)))
        do {
            let plaintext = try Self.bytes(sealed.count) { (output) throws(CryptographyError) in
                try cipher.open(sealed.span.bytes, header: head.span.bytes, context: context.span.bytes, into: &output)
            }
            return DaemonAnswer.Opened(plaintext: plaintext, use: use(until: key.deadline))
        } catch { throw Refusal(code: "cannotDecrypt", message: error.message, meaning: .refused) }
    }

    private static func bytes(
        _ capacity: Int, _ body: (inout OutputRawSpan) throws(CryptographyError) -> Void
    ) throws(CryptographyError) -> [UInt8] {
        var failure: CryptographyError?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var output = OutputRawSpan(buffer: raw, initializedCount: 0)
            do throws(CryptographyError) { try body(&output) } catch { failure = error }
            count = output.finalize(for: raw)
        }
        if let failure { throw failure }
        return bytes
    }
}

extension Scope {
    init(_ scope: DataScope) {
        self =
            switch scope {
            case .job(let id): .job(JobID(id.text))
            case .connection(let id): .connection(ConnectionID(id.text))
            case .event: .event
            case .log: .log
            }
    }
}

extension [UInt8] {
    fileprivate init(_ span: RawSpan) { self = span.withUnsafeBytes { Array($0) } }
}
