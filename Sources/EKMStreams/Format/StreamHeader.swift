/// What stands before the first chunk of a stream, the commitment aside.
package struct StreamHeader: Equatable {
    package let chunkSize: ChunkSize
    /// The lent data key, as the daemon wrapped it.
    package let wrappedKey: [UInt8]
    /// Fresh for each stream, 32 bytes.
    package let salt: [UInt8]

    package init(chunkSize: ChunkSize, wrappedKey: [UInt8], salt: [UInt8]) {
        precondition(salt.count == StreamFormat.saltSize, "a stream's salt has 32 bytes")
        precondition(wrappedKey.count <= StreamFormat.largestWrappedKey, "a wrapped key fits the header")
        self.chunkSize = chunkSize
        self.wrappedKey = wrappedKey
        self.salt = salt
    }

    /// All bytes up to and including the salt: what key and commitment are derived over.
    package var bytes: [UInt8] {
        var bytes = StreamFormat.magic
        bytes += [StreamFormat.version, StreamFormat.suite, chunkSize.log2]
        bytes += [UInt8(wrappedKey.count >> 8), UInt8(wrappedKey.count & 0xFF)]
        return bytes + wrappedKey + salt
    }
}

extension StreamHeader {
    /// The parts of a header whose sizes are known before any of it was read.
    struct Start {
        let chunkSize: ChunkSize
        let wrappedKeySize: Int

        init(parsing bytes: [UInt8]) throws(StreamError) {
            guard bytes.count == StreamFormat.fixedSize else { throw .cannotDecrypt }
            guard bytes[0..<3].elementsEqual(StreamFormat.magic) else {
                throw StreamError(
                    .unknownFormat, "This is no encrypted stream: it does not begin with 'EKS'. Check that it is the right file.")
            }
            guard bytes[3] == StreamFormat.version, bytes[4] == StreamFormat.suite else {
                throw StreamError(
                    .unknownFormat,
                    "This stream has version \(bytes[3]) and suite \(bytes[4]); this program reads version 1 and suite 1. Update it.")
            }
            guard let chunkSize = ChunkSize(log2: bytes[5]) else { throw .cannotDecrypt }
            let size = Int(bytes[6]) << 8 | Int(bytes[7])
            guard (1...StreamFormat.largestWrappedKey).contains(size) else { throw .cannotDecrypt }
            self.chunkSize = chunkSize
            self.wrappedKeySize = size
        }
    }
}
