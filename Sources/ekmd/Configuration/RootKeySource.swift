/// Where the root key is kept: `root_key`.
enum RootKeySource: Hashable, Sendable {
    /// A file outside the state directory, by its absolute path.
    case file(String)
    /// A credential that the service manager passes, by its name.
    case credential(String)
}
