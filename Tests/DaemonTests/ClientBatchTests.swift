import EKMClient
import EKMWire
import TestSupport
import Testing

@Suite("Batches through the client")
struct ClientBatchTests {
    @Test("both faces encrypt and decrypt many at once, and tell which failed")
    func faces() async throws {
        let cli = try await CLI()
        let client = EKMClient(socketPath: cli.daemon.socket)
        let plaintexts = (0..<50).map { [UInt8](repeating: UInt8($0), count: $0) }
        var sealed = try await client.encrypt(batch: plaintexts, environment: "acme/prod", scope: .log).map { try $0.get() }
        sealed[3][sealed[3].count - 1] ^= 1
        let blocking = try client.blocking.decrypt(batch: sealed, environment: "acme/prod", expecting: .log)
        for results in [blocking, try await client.decrypt(batch: sealed, environment: "acme/prod")] {
            for (number, result) in results.enumerated() {
                switch result {
                case .success(let plaintext): #expect(number != 3 && plaintext == plaintexts[number])
                case .failure(let error): #expect(number == 3 && error.refusal?.code == .cannotDecrypt)
                }
            }
        }
        let again = try client.blocking.encrypt(batch: [[1]], environment: "acme/prod", scope: .job("j"))
        #expect(again.count == 1)
        await #expect(throws: EKMClientError.self) { try await client.encrypt(batch: [], environment: "acme/prod", scope: .log) }
    }
}
