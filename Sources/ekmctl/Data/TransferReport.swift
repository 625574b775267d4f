/// What an encryption or decryption did.
struct TransferReport: Encodable {
    /// Which of the two formats the ciphertext has.
    enum Format: String, Encodable { case envelope, stream }

    let format: Format
    /// Sizes in bytes.
    let plaintext: Int
    let ciphertext: Int
    let secondsLeft: Int?

    /// With --json, prints the report: on standard error where the output takes standard output.
    func print(_ connection: ConnectionOptions, isOutputFree: Bool) throws(Failure) {
        guard connection.json else { return }
        if isOutputFree { try JSON.print(self) } else { Terminal.error(verbatim: JSON.text(self)) }
    }
}
