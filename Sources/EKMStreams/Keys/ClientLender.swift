import Cryptography
import EKMClient
import EKMWire

/// The daemon as a lender, through its client.
struct ClientLender: DataKeyLender {
    let client: EKMClient
    /// What new keys are lent for; nil where none are asked for.
    let environment: String?
    let scope: Scope?
    let context: EncryptionContext

    func lend() throws(StreamError) -> StreamLoan {
        guard let environment, let scope else { throw StreamError(.internalError, "A stream that is decrypted asks for no fresh key.") }
        let lent: LentDataKey
        do {
            lent = try client.blocking.generateDataKey(environment: environment, scope: scope, context: context)
        } catch {
            throw .refused(error)
        }
        return StreamLoan(key: try Self.secret(lent.key), wrapped: lent.wrapped, secondsLeft: lent.secondsLeft)
    }

    func open(_ wrapped: [UInt8]) throws(StreamError) -> StreamLoan {
        let opened: OpenedDataKey
        do { opened = try client.blocking.openDataKey(wrapped, expecting: scope, context: context) } catch { throw .refused(error) }
        return StreamLoan(key: try Self.secret(opened.key), wrapped: wrapped, secondsLeft: opened.secondsLeft)
    }

    private static func secret(_ key: borrowing DataKey) throws(StreamError) -> SecretBytes {
        do {
            return try key.withBytes { (bytes) throws(CryptographyError) in try SecretBytes(copying: bytes) }
        } catch {
            throw StreamError(cryptography: error)
        }
    }
}
