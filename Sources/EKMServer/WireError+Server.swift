internal import Cryptography
internal import EKMWire

/// What the server itself refuses.
extension WireError {
    /// A failure of the cryptography layer, which says nothing about a key.
    init(_ error: CryptographyError) {
        switch error.code {
        case .cannotOpen: self = .cannotDecrypt
        case .arenaFull:
            self.init(.limitReached, "There is no locked memory left for another key.", remedy: "Raise LimitMEMLOCK= of the daemon's unit.")
        default:
            self.init(
                .internalError, "The cryptography library failed: \(error.message)", remedy: "Look at the daemon's log, and report it.")
        }
    }

    static var cannotDecrypt: WireError {
        WireError(.cannotDecrypt, "This ciphertext, or its context, is not what was encrypted.", remedy: "Pass both unchanged.")
    }
    static var wipedMeanwhile: WireError {
        WireError(.unreachable, "The environment's keys were wiped while this was under way.", remedy: "Try again.")
    }
    static var internalFailure: WireError {
        WireError(.internalError, "The daemon failed in an unknown way.", remedy: "Look at the daemon's log, and report it.")
    }
    static var busy: WireError {
        WireError(
            .limitReached, "Too many requests of this connection wait for a key.",
            remedy: "Wait for answers before sending more, then try again.")
    }
    static var noDescriptors: WireError {
        WireError(
            .limitReached, "The daemon has no file descriptor left for another connection.",
            remedy: "Close idle connections, or raise LimitNOFILE= of the daemon's unit.")
    }
    static func tooManyWaiting(_ limit: Int) -> WireError {
        WireError(
            .limitReached, "\(limit) operations of this user wait for their turn already.",
            remedy: "Wait for answers before sending more, then try again.")
    }
    static func tooManyConnections(_ limit: Int, share: Int) -> WireError {
        WireError(
            .limitReached,
            "There is no room for another connection: the daemon takes \(limit), of one user at most \(share), and keeps some for those who administer.",
            remedy: "Close some, keep connections open and pipeline, or raise limits.connections in the configuration.")
    }
    static func noMemory(_ budget: MemoryBudget) -> WireError {
        WireError(
            .limitReached,
            "This user's frames that are not whole, requests that wait and answers that are not read take \(budget.user >> 20) MiB, or all users' \(budget.all >> 20) MiB: more is not taken.",
            remedy: "Send whole frames, read the answers, then try again; or raise limits.memory in the configuration.")
    }
    static var givenUpForAnother: WireError {
        WireError(
            .limitReached, "This connection was silent for long, and made room for another.",
            remedy: "Connect again; keep fewer connections open.")
    }
    static var noCredentials: WireError {
        WireError(.notGranted, "The kernel does not say who is connected.", remedy: "Connect through the daemon's Unix socket.")
    }
    static var incompleteFrame: WireError {
        WireError(.incompleteFrame, "The connection ended in the middle of a frame.", remedy: "Send whole frames before closing.")
    }
}
