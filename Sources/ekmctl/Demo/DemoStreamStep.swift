import EKMClient
import EKMStreams
import EKMWire

/// Streams a large file through this process, under a lent data key.
struct DemoStreamStep {
    let client: EKMClient
    let connection: ConnectionOptions
    let pair: DemoPair

    func run(mebibytes: Int, _ journal: inout DemoJournal) throws {
        try journal.title("\nA large file is encrypted in this process, under a data key that the daemon lends:")
        let context = try EncryptionContext(["customer": pair.first])
        let total = UInt64(mebibytes) << 20
        let source = DemoSource(total: total)
        let rate = { (seconds: Double) in "\(ByteCount(UInt64(Double(total) / max(0.001, seconds))))/s" }
        var bar = ProgressBar("Encrypting and decrypting", total: 2 * total)
        var sealed: [UInt8] = []
        let kept = 1 << 20

        let encryptor = StreamEncryptor(client: client, environment: pair.first, scope: .job("large"), context: context)
        let pipe = try DemoScratch()
        let (_, sealing) = try journal.time { () throws(StreamError) in
            try encryptor.encrypt(
                read: source.read,
                write: { bytes in
                    if sealed.count < kept { sealed += bytes.array }
                    try pipe.write(bytes)
                }, progress: { bar.update($0) })
        }
        let expected = DemoSource(total: total)
        var same = true
        try pipe.rewind()
        let (size, opening) = try journal.time { () throws(StreamError) in
            try StreamDecryptor(client: client, context: context).decrypt(
                read: pipe.read, write: { bytes in same = same && expected.matches(bytes) }, progress: { bar.update(total + $0) })
        }
        bar.end()
        journal.summary.files += 1
        journal.summary.plaintextBytes += total
        try journal.check(
            "\(ByteCount(total)) came back as they were, encrypted at \(rate(sealing)), decrypted at \(rate(opening))",
            same && size == total)
        try refusals(of: sealed, context, &journal)
    }

    /// Whole chunks at the start of a longer stream: all that was ever written of it where it was cut.
    private func refusals(of sealed: [UInt8], _ context: EncryptionContext, _ journal: inout DemoJournal) throws {
        let header = sealed.count % (ChunkSize.standard.byteCount + StreamFormat.tagSize)
        guard header > 0, sealed.count > 3 * ChunkSize.standard.byteCount else { return }
        let chunk = ChunkSize.standard.byteCount + StreamFormat.tagSize
        var swapped = sealed
        swapped.replaceSubrange(header..<header + chunk, with: sealed[header + chunk..<header + 2 * chunk])
        swapped.replaceSubrange(header + chunk..<header + 2 * chunk, with: sealed[header..<header + chunk])
        for (what, stream) in [("a stream cut at the end of a chunk", sealed), ("a stream with two chunks swapped", swapped)] {
            var refused = false
            do {
                try StreamDecryptor(client: client, context: context).decrypt(read: MemoryReader(stream).read, write: { _ in })
            } catch {
                refused = error.code == .cannotDecrypt
            }
            try journal.check("\(what): refused", refused)
        }
    }
}
