internal import Bedrock
internal import EKMWire
internal import KeyHierarchy
internal import Keyring
internal import NIOCore

extension Worker {
    /// Answers a parked request into the buffers; the caller sends them.
    func resume(_ parked: ParkedRequest, with result: Result<CachedKey, HierarchyError>) {
        guard parked.connection.isOpen else { return }
        do throws(WireError) {
            let key: CachedKey
            do throws(HierarchyError) { key = try result.get() } catch { throw WireError(error) }
            try parked.fields.withBytes { (fields) throws(WireError) in
                let batch = Batch(moment: moment)
                let room = room(for: fields.byteCount, count: 1, parked.connection)
                try answers.writeWithOutputRawSpan(minimumWritableBytes: room) { (output) throws(WireError) in
                    if parked.header.operation == .encrypt {
                        try encrypt(
                            parked.header, fields, for: parked.connection, batch, fetched: key, attempt: parked.attempt + 1,
                            into: &output)
                    } else {
                        try decrypt(
                            parked.header, fields, for: parked.connection, batch, fetched: key, attempt: parked.attempt + 1,
                            into: &output)
                    }
                }
            }
        } catch {
            fail(parked.header, error)
        }
    }
}
