/// What holds for all requests of a client.
package struct HTTPSettings: Sendable {
    /// A file with the certificates to trust instead of the distribution's, in PEM.
    package var certificateAuthorities: String?
    package var limits = TransferQueue.Limits()

    package init(certificateAuthorities: String? = nil) { self.certificateAuthorities = certificateAuthorities }
}
