/// A key encrypted under one version of its environment key.
package struct Wrap: Hashable, Sendable {
    package var version: EnvironmentKeyVersion
    /// `nonce (24) ‖ ciphertext (32) ‖ tag (16)`, XAES-256-GCM.
    package var bytes: [UInt8]

    package init(version: EnvironmentKeyVersion, bytes: [UInt8]) {
        self.version = version
        self.bytes = bytes
    }
}
