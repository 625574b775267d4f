internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension Worker {
    /// Decrypts in place, or parks the request until its key is there.
    @inline(__always)
    func decrypt(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, _ batch: inout Batch, into output: inout OutputRawSpan
    ) throws(WireError) {
        let moment = batch.moment
        var reader = WireReader(at: fields.decryptionPrefix ?? fields.byteCount)
        // What is wrong with a request is for the slow way to say: it says first what comes first.
        if let context = try? ContextField(reading: &reader, in: fields), let count = fields.decryptionPrefix {
            if !context.isCanonical { batch.tire(Batch.slow) }
            let envelope = reader.rest(in: fields)
            if let warm = warm(for: fields, count, fields.extracting(envelope), batch, connection), warm.grants == moment.grants,
                warm.cipher.key.isUsable(at: moment.now)
            {
                if warm !== batch.decryption { batch.decryption = warm }
                use(warm.cipher, moment)
                if try open(request, fields, context, envelope, with: warm.cipher, batch, into: &output) { return }
            }
        }
        batch.tire(Batch.slow)
        try decrypt(request, fields, for: connection, batch, fetched: nil, attempt: 0, into: &output)
    }

    /// The key of the last request, or of an earlier one, that began with the same bytes, and whose envelope had the same header: that means
    /// the same key, environment and scope.
    @inline(__always)
    private func warm(
        for fields: RawSpan, _ count: Int, _ envelope: RawSpan, _ batch: Batch, _ connection: Connection
    ) -> WarmKey? {
        if let last = batch.decryption, last.prefix.count == count, fields.begins(with: last.prefix),
            envelope.begins(with: last.cipher.key.header)
        {
            return last
        }
        guard let hash = EnvelopeHeader.hash(of: envelope),
            let warm = connection.warm.decryptions.find(fields.hash(first: count, seed: hash)), warm.prefix.count == count,
            fields.begins(with: warm.prefix), envelope.begins(with: warm.cipher.key.header)
        else { return nil }
        return warm
    }

    /// - Parameter fetched: what the cold path brought, where the request was parked for it.
    @inline(never)
    func decrypt(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, _ batch: Batch, fetched: CachedKey?,
        attempt: Int, into output: inout OutputRawSpan
    ) throws(WireError) {
        let moment = batch.moment
        let view = try DecryptRequestView(parsing: fields)
        let envelope = fields.extracting(view.payload)
        let header: EnvelopeHeader
        do throws(HierarchyError) { header = try EnvelopeHeader(parsing: envelope) } catch { throw WireError(error) }
        let environment = try environment(header.environment, for: .decrypt, connection)
        let expected = KeyHierarchy.Scope(view.expectedScope, in: fields)
        if let expected, expected.kind != header.scope { throw WireError(HierarchyError.otherScope) }
        let usable = fetched.flatMap { $0.isUsable(at: moment.now) ? $0 : nil }
        guard let key = usable ?? environment.decryptionKey(for: header, envelope: envelope, at: moment.now),
            let cipher = try cipher(for: key, moment)
        else {
            let need = ColdNeed(environment, decrypts: header, envelope)
            try parking.park(request, fields, for: connection, need: need, attempt: attempt)
            return
        }
        if let expected, !key.serves(expected, header: header) { throw WireError(HierarchyError.otherScope) }
        guard envelope.begins(with: key.header) else { throw .cannotDecrypt }
        let prefix = fields.extracting(0..<view.context.wire.lowerBound)
        connection.warm.decryptions.insert(
            WarmKey(prefix: prefix.array(prefix.byteOffsets), cipher: cipher, grants: moment.grants),
            hash: prefix.hash(first: prefix.byteCount, seed: EnvelopeHeader.hash(of: envelope) ?? 0))
        guard try open(request, fields, view.context, view.payload, with: cipher, batch, into: &output) else { throw .wipedMeanwhile }
    }

    /// - Returns: false if the cipher was freed meanwhile.
    @inline(__always)
    private func open(
        _ request: FrameHeader, _ fields: RawSpan, _ context: ContextField, _ envelope: Range<Int>, with entry: CipherCache.Entry,
        _ batch: Batch, into output: inout OutputRawSpan
    ) throws(WireError) -> Bool {
        guard let cipher = entry.cipher else { return false }
        if context.isCanonical {
            try open(request, fields.extracting(envelope), fields.extracting(context.canonical), entry.key, cipher, batch, into: &output)
        } else {
            let sorted = try EncryptionContext(context, in: fields).canonicalBytes
            try unsafe open(request, fields.extracting(envelope), sorted.span.bytes, entry.key, cipher, batch, into: &output)
        }
        return true
    }

    @inline(__always)
    private func open(
        _ request: FrameHeader, _ envelope: RawSpan, _ context: RawSpan, _ key: CachedKey, _ cipher: EnvelopeCipher,
        _ batch: Batch, into output: inout OutputRawSpan
    ) throws(WireError) {
        let headerSize = key.header.count
        let size = envelope.byteCount - headerSize - EnvelopeCipher.overhead
        guard size >= 0 else { throw .cannotDecrypt }
        let start = output.byteCount
        Answer.appendSuccess(
            to: request, secondsLeft: secondsLeft(of: key, at: batch.moment.now), fieldsSize: size, output: &output)
        noteAnswerHolds(plaintextOf: key.environment)
        do throws(CryptographyError) {
            try cipher.open(
                envelope.extracting(headerSize..<envelope.byteCount), header: envelope.extracting(0..<headerSize), context: context,
                into: &output)
        } catch {
            output.removeLast(output.byteCount - start)
            throw WireError(error)
        }
    }
}
