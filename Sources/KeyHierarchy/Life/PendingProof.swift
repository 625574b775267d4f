/// A question to a main key that is under way: what was asked, and what must still be so for the answer to be a proof.
package struct PendingProof: Sendable {
    package let key: EnvironmentKeyRecord
    package let mainKey: MainKeyRecord
    /// Before the request was sent.
    package let askedAt: BootInstant
    let shutdowns: UInt64
    let denials: UInt64
}

/// A granted answer, and when its request was sent.
package struct GrantedProof: Sendable {
    package var pending: PendingProof
    package var sentAt: BootInstant

    package init(_ pending: PendingProof, sentAt: BootInstant) {
        self.pending = pending
        self.sentAt = sentAt
    }
}
