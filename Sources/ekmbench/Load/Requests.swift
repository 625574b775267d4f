import EKMWire

/// The requests of a cell, as each server gets them.
struct Requests {
    static let environment = "bench/load"
    /// How much one set of frames may take, where only an open load asks for more of them.
    private static let budget = 16 << 20
    private static let mostForOpenLoad = 4096

    let cell: Cell

    /// The scope is expected in a decrypt request, so that both directions carry it. All ids have one length.
    static func scope(_ key: Int) -> Scope { .job("job-\(String(100_000 + key).dropFirst())") }

    /// How many bytes stand between a request's header and its payload.
    static func lead(of operation: BenchOperation) -> Int {
        switch operation {
        case .ping: 0
        case .decrypt: scope(0).encodedSize + EncryptionContext().encodedSize
        case .encrypt, .dataKey: 1 + environment.utf8.count + scope(0).encodedSize + EncryptionContext().encodedSize
        }
    }

    /// How many bytes a success has: those of the header, the status, the seconds, and the operation's.
    private var answerSize: Int {
        let prefix = Frame.prefixSize + FrameHeader.size + 6
        switch cell.operation {
        case .ping: return prefix
        case .decrypt: return prefix + cell.size
        case .encrypt: return prefix + cell.size + Self.scope(0).ciphertextOverhead
        case .dataKey: return prefix + DataKeyAnswerView.fieldsSize(wrappedSize: 126)
        }
    }

    private var plaintext: [UInt8] { (0..<cell.size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) } }

    /// Where answers may overtake each other, an id comes around again only long after its answer.
    private var overtaking: Int {
        if cell.operation == .dataKey { return 64 }
        return cell.keys > 1 && cell.size <= 1024 ? 16 : 1
    }

    /// Builds them; for decrypt, of what the server itself encrypts.
    func frames(for server: ServerProcess) throws(Failure) -> FrameSet {
        var payloads: [[UInt8]] = []
        if cell.operation == .decrypt { payloads = try ciphertexts(of: server) }
        let one = Frame.prefixSize + FrameHeader.size + Self.lead(of: cell.operation) + cell.size + 198
        let open = cell.isOpen ? min(Self.mostForOpenLoad, Self.budget / one) : 0
        // Every key as often as every other.
        let count = (max(cell.depth * overtaking, open) + cell.keys - 1) / cell.keys * cell.keys
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * one)
        let plaintext = plaintext
        do throws(WireError) {
            for index in 0..<count {
                let payload = cell.operation == .decrypt ? payloads[index % cell.keys] : plaintext
                try append(payload, key: index % cell.keys, id: UInt32(index + 1), to: &bytes)
            }
        } catch { throw .wire(error) }
        return FrameSet(bytes, count: count, answerSize: answerSize)
    }

    private func append(_ payload: [UInt8], key: Int, id: UInt32, to bytes: inout [UInt8]) throws(WireError) {
        let scope = Self.scope(key)
        switch cell.operation {
        case .ping: try EmptyRequest(.ping).encode(into: &bytes, requestID: id)
        case .encrypt:
            try unsafe EncryptRequest(environment: Self.environment, scope: scope)
                .encode(plaintext: payload.span.bytes, into: &bytes, requestID: id)
        case .decrypt:
            try unsafe DecryptRequest(expectedScope: scope).encode(ciphertext: payload.span.bytes, into: &bytes, requestID: id)
        case .dataKey:
            try EncryptRequest(environment: Self.environment, scope: scope).encodeGenerateDataKey(into: &bytes, requestID: id)
        }
    }

    /// One ciphertext for each key; the first is decrypted again, since a server that only looks fast is worth nothing.
    private func ciphertexts(of server: ServerProcess) throws(Failure) -> [[UInt8]] {
        let plaintext = plaintext
        let encrypting = try server.connect(for: .encrypt)
        var all: [[UInt8]] = []
        for key in 0..<cell.keys {
            var frame: [UInt8] = []
            do throws(WireError) {
                try unsafe EncryptRequest(environment: Self.environment, scope: Self.scope(key))
                    .encode(plaintext: plaintext.span.bytes, into: &frame, requestID: 1)
            } catch { throw .wire(error) }
            all.append(try encrypting.call(frame))
        }
        var frame: [UInt8] = []
        do throws(WireError) {
            try append(all[0], key: 0, id: 1, to: &frame)
        } catch { throw .wire(error) }
        guard try server.connect(for: .decrypt).call(frame) == plaintext else {
            throw .wrongAnswer(server.name, "what it encrypted decrypts to something else.")
        }
        return all
    }
}
