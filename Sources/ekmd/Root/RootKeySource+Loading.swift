import KeyHierarchy
import SQLiteStore
import ServiceManager

extension RootKeySource {
    /// A root key, and whether it was made just now.
    struct Loaded {
        var key: RootKey
        var isNew: Bool
    }

    /// Reads the root key. One is made only where it is a file that is missing, and the store was never used.
    func load(forStoreIn state: String) throws(StartFailure) -> Loaded {
        switch self {
        case .file(let path):
            let file = RootKeyFile(path: path, isCredential: false)
            if let key = try file.read() { return Loaded(key: key, isNew: false) }
            let isUnused: Bool
            do { isUnused = try SQLiteStore.isUnused(in: state) } catch { throw StartFailure(error) }
            guard isUnused else {
                throw StartFailure(
                    .configuration,
                    "There is no root key in \(path), but the store in \(state) was used with one. ekmd did not start, and changed "
                        + "nothing: a new one could not open what was sealed or signed with it. Put the root key back, with mode 600; or, if "
                        + "nothing of the store is needed any more, move \(state) away.")
            }
            return Loaded(key: try file.make(), isNew: true)
        case .credential(let name):
            return Loaded(key: try Self.readCredential(name), isNew: false)
        }
    }

    private static func readCredential(_ name: String) throws(StartFailure) -> RootKey {
        guard let directory = CredentialsDirectory() else {
            throw StartFailure(
                .configuration,
                "The root key is to be the credential '\(name)', but the service manager passed none ($CREDENTIALS_DIRECTORY is not set). "
                    + "Put LoadCredential=\(name):FILE into the unit, or name a file with 'root_key: { file: … }'.")
        }
        let path: String
        do { path = try directory.file(named: name) } catch { throw StartFailure(.configuration, error.message) }
        guard let key = try RootKeyFile(path: path, isCredential: true).read() else {
            throw StartFailure(
                .configuration,
                "The service manager passed no credential '\(name)' for the root key. Put LoadCredential=\(name):FILE into the unit; "
                    + "a first key is made with: openssl rand -base64 32")
        }
        return key
    }
}

extension StartFailure {
    /// The store's refusal, with the exit code that it deserves.
    init(_ error: KeyStoreError) {
        let status: ExitStatus =
            switch error.code {
            case .inUse: .tryAgain
            case .wrongRootKey: .configuration
            case .notWritable: .cannotCreate
            default: .inputOutput
            }
        self.init(status, error.description)
    }
}
