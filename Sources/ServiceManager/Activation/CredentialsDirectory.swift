import Glibc

/// Where the manager put the credentials of this service (systemd.exec(5), LoadCredential=).
package struct CredentialsDirectory: Equatable, Sendable {
    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// What `$CREDENTIALS_DIRECTORY` names; nil where none was given.
    package init?(fromEnvironment: Void = ()) {
        guard let path = unsafe getenv("CREDENTIALS_DIRECTORY") else { return nil }
        let text = unsafe String(cString: path)
        guard text.hasPrefix("/") else { return nil }
        self.path = text
    }

    /// The path of one credential.
    ///
    /// - Throws: `.credential` for a name that would leave the directory.
    package func file(named name: String) throws(ServiceManagerError) -> String {
        guard Self.isName(name) else {
            throw ServiceManagerError(.credential, "'\(name)' cannot name a credential: it must be a file name of at most 255 characters.")
        }
        return path + "/" + name
    }

    /// Whether this can name a credential: a plain file name.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && name != "." && name != ".."
            && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 }
    }
}
