internal import Cryptography
internal import EKMWire
internal import KeyHierarchy
internal import Keyring

extension Worker {
    /// Encrypts in place, or parks the request until its key is there.
    @inline(__always)
    func encrypt(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, _ batch: inout Batch, into output: inout OutputRawSpan
    ) throws(WireError) {
        let moment = batch.moment
        if let warm = warm(for: fields, batch, connection), warm.grants == moment.grants, isFit(warm.cipher.key, moment) {
            if warm !== batch.encryption { batch.encryption = warm }
            var reader = WireReader(at: warm.prefix.count)
            let context = try ContextField(reading: &reader, in: fields)
            if !context.isCanonical { batch.tire(Batch.slow) }
            use(warm.cipher, moment)
            if try seal(request, fields, context, reader.rest(in: fields), with: warm.cipher, batch, into: &output) { return }
        }
        batch.tire(Batch.slow)
        try encrypt(request, fields, for: connection, batch, fetched: nil, attempt: 0, into: &output)
    }

    /// The key of the last request, or of an earlier one, that began with the same bytes.
    @inline(__always)
    private func warm(for fields: RawSpan, _ batch: Batch, _ connection: Connection) -> WarmKey? {
        if let last = batch.encryption, fields.begins(with: last.prefix) { return last }
        guard let count = fields.encryptionPrefix, let warm = connection.warm.encryptions.find(fields.hash(first: count)),
            warm.prefix.count == count, fields.begins(with: warm.prefix)
        else { return nil }
        return warm
    }

    /// - Parameter fetched: what the cold path brought, where the request was parked for it.
    @inline(never)
    func encrypt(
        _ request: FrameHeader, _ fields: RawSpan, for connection: Connection, _ batch: Batch, fetched: CachedKey?,
        attempt: Int, into output: inout OutputRawSpan
    ) throws(WireError) {
        let moment = batch.moment
        let view = try EncryptRequestView(parsing: fields)
        let environment = try environment(named: fields.string(view.environment), for: .encrypt, connection)
        guard let scope = KeyHierarchy.Scope(view.scope, in: fields) else { throw .internalFailure }
        let key =
            fetched.flatMap { isFit($0, moment) ? $0 : nil } ?? environment.encryptionKey(for: scope, hour: moment.hour, at: moment.now)
        guard let key, let cipher = try cipher(for: key, moment) else {
            try parking.park(request, fields, for: connection, need: ColdNeed(environment, encrypts: scope), attempt: attempt)
            return
        }
        let prefix = fields.extracting(0..<view.context.wire.lowerBound)
        connection.warm.encryptions.insert(
            WarmKey(prefix: prefix.array(prefix.byteOffsets), cipher: cipher, grants: moment.grants),
            hash: prefix.hash(first: prefix.byteCount))
        guard try seal(request, fields, view.context, view.plaintext, with: cipher, batch, into: &output) else {
            throw .wipedMeanwhile
        }
    }

    /// Whether the key may encrypt now.
    @inline(__always)
    private func isFit(_ key: CachedKey, _ moment: Moment) -> Bool {
        key.mayEncrypt(in: moment.hour, at: moment.now)
    }

    /// - Returns: false if the cipher was freed meanwhile.
    @inline(__always)
    private func seal(
        _ request: FrameHeader, _ fields: RawSpan, _ context: ContextField, _ plaintext: Range<Int>, with entry: CipherCache.Entry,
        _ batch: Batch, into output: inout OutputRawSpan
    ) throws(WireError) -> Bool {
        guard let cipher = entry.cipher else { return false }
        let overhead = entry.key.header.count + EnvelopeCipher.overhead
        guard EncryptRequestView.sizeOfWayBack(fields, overhead: overhead) <= service.limits.frame else {
            throw .noWayBack(limit: service.limits.frame)
        }
        if context.isCanonical {
            try seal(request, fields.extracting(plaintext), fields.extracting(context.canonical), entry.key, cipher, batch, into: &output)
        } else {
            let sorted = try EncryptionContext(context, in: fields).canonicalBytes
            try unsafe seal(request, fields.extracting(plaintext), sorted.span.bytes, entry.key, cipher, batch, into: &output)
        }
        return true
    }

    @inline(__always)
    private func seal(
        _ request: FrameHeader, _ plaintext: RawSpan, _ context: RawSpan, _ key: CachedKey, _ cipher: EnvelopeCipher,
        _ batch: Batch, into output: inout OutputRawSpan
    ) throws(WireError) {
        let start = output.byteCount
        let header = key.header
        let size = header.count + EnvelopeCipher.overhead + plaintext.byteCount
        let secondsLeft = secondsLeft(of: key, at: batch.moment.now)
        try nonces.withNext { (nonce) throws(WireError) in
            Answer.appendSuccess(to: request, secondsLeft: secondsLeft, fieldsSize: size, output: &output)
            do throws(CryptographyError) {
                let header = unsafe header.span.bytes
                output.append(copying: header)
                try cipher.seal(plaintext, header: header, context: context, nonce: nonce, into: &output)
            } catch {
                output.removeLast(output.byteCount - start)
                throw WireError(error)
            }
        }
    }
}
