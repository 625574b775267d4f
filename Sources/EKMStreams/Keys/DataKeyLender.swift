/// Who lends data keys: the daemon, through its client.
package protocol DataKeyLender: Sendable {
    /// A fresh data key.
    func lend() throws(StreamError) -> StreamLoan
    /// The data key that `wrapped` holds.
    func open(_ wrapped: [UInt8]) throws(StreamError) -> StreamLoan
}
