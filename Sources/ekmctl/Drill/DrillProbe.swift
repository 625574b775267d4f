import EKMClient
import EKMWire

/// One request of each kind that a drill makes: it decrypts what it encrypted at the start, and encrypts.
struct DrillProbe {
    enum Outcome {
        case success(secondsLeft: Int?)
        case refusal(WireError)
    }

    private static let plaintext = Array("a drill of ekmctl".utf8)

    private let client: EKMClient
    private let connection: ConnectionOptions
    private let environment: String
    private let context: EncryptionContext
    private let ciphertext: [UInt8]

    /// Encrypts a few bytes as an event; nothing of it is kept.
    init(_ client: EKMClient, _ connection: ConnectionOptions, environment: String) throws {
        self.client = client
        self.connection = connection
        self.environment = environment
        let context = try EncryptionContext(["ekmctl": "drill"])
        self.context = context
        ciphertext = try connection.call { () throws(EKMClientError) in
            try client.blocking.encrypt(Self.plaintext, environment: environment, scope: .event, context: context)
        }.ciphertext
    }

    /// - Throws: what is no answer of the environment's: the daemon cannot be reached, or this user may not ask.
    func run() throws(Failure) -> Outcome {
        let opened: Decrypted
        let secondsLeft: Int?
        do throws(EKMClientError) {
            opened = try client.blocking.decrypt(ciphertext, expecting: .event, context: context)
            secondsLeft = try client.blocking.encrypt(Self.plaintext, environment: environment, scope: .event, context: context).secondsLeft
        } catch {
            guard let refusal = error.refusal, Self.isVerdict(refusal.code) else { throw Failure(error, socket: connection.socketPath) }
            return .refusal(refusal)
        }
        guard opened.plaintext == Self.plaintext else {
            throw Failure(.software, "wrong-plaintext", "a decryption in \(environment) gave another plaintext than was encrypted")
        }
        return .success(secondsLeft: secondsLeft)
    }

    private static func isVerdict(_ code: ErrorCode) -> Bool {
        [.restricted, .revoked, .mismatched, .throttled, .unreachable, .locked].contains(code)
    }
}
