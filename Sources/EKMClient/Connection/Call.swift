internal import Bedrock
internal import EKMWire

/// One request that waits for its answer on one connection.
final class Call: @unchecked Sendable {
    /// How a call ended.
    enum Outcome: Sendable {
        /// The whole frame of the answer.
        case answer(WipedBytes)
        /// There will be no answer; whether some of the request may have left.
        case failed(EKMClientError, sent: Bool)
    }

    let frame: OutgoingFrame
    let deadline: Deadline

    // Safe to share: what follows is guarded by the connection's lock.
    var outcome: Outcome?
    /// How many bytes of the request are with the kernel.
    var sent = 0
    /// Whether a thread is handing bytes to the kernel just now.
    var isBeingSent = false
    /// Wakes the thread that waits for the outcome, where one does.
    var condition: Condition?
    /// Resumes the task that waits for the outcome, where one does.
    var continuation: CheckedContinuation<Outcome, Never>?

    init(_ frame: OutgoingFrame, deadline: Deadline) {
        self.frame = frame
        self.deadline = deadline
    }

    var isSent: Bool { sent == frame.bytes.count }
    /// How the call ended, once no thread holds its request any more: then it can be wiped.
    var settled: Outcome? { isBeingSent ? nil : outcome }
    /// Whether the daemon may have seen some of the request.
    var mayHaveLeft: Bool { sent > 0 || isBeingSent }
}
