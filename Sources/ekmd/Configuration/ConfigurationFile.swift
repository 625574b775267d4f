import Glibc
import Yams

/// Reads the configuration's text; what it finds is checked by `ConfigurationReader`.
enum ConfigurationFile {
    /// No honest configuration comes near it.
    static let largestSize = 1 << 20

    /// The file's bytes as text; nil where there is no such file.
    static func read(_ path: String) throws(ConfigurationError) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOENT || number == ENOTDIR { return nil }
            throw ConfigurationError(
                file: path, "cannot be read: \(SystemError.text(number)); give the daemon's user permission to read it")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ConfigurationError(file: path, "is not a regular file")
        }
        // Whoever can write it can grant themselves everything.
        guard status.st_mode & S_IWOTH == 0 else {
            throw ConfigurationError(file: path, "everybody may write it, and so give themselves every grant; run: chmod o-w \(path)")
        }
        if let defect = FileTrust.defect(of: path, status) {
            throw ConfigurationError(file: path, "\(defect.what), and so take every grant; run: \(defect.remedy)")
        }
        guard status.st_size <= largestSize else {
            throw ConfigurationError(file: path, "is larger than \(SizeText.text(of: largestSize))")
        }
        var bytes: [UInt8] = []
        while bytes.count <= largestSize {
            let offset = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: 1 << 14))
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress?.advanced(by: offset), 1 << 14) }
            if count < 0, errno == EINTR {
                bytes.removeLast(1 << 14)
                continue
            }
            guard count >= 0 else { throw ConfigurationError(file: path, "cannot be read: \(SystemError.text(errno))") }
            bytes.removeLast((1 << 14) - count)
            if count == 0 { break }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(file: path, "is not UTF-8 text")
        }
        return text
    }

    /// The document's root; nil for an empty one.
    static func compose(_ text: String, file: String) throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw ConfigurationError([problem(error, in: text, file: file)])
        } catch {
            throw ConfigurationError(file: file, "is not YAML: \(error)")
        }
    }

    private static func problem(_ error: YamlError, in text: String, file: String) -> ConfigurationProblem {
        func at(_ mark: Mark?, _ message: String) -> ConfigurationProblem {
            ConfigurationProblem(file: file, place: ConfigurationDiagnostics.place(of: mark), message: message)
        }
        return switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            at(mark, "is not YAML: " + (context.map { "\($0.text): " } ?? "") + problem)
        case .duplicatedKeysInMapping(let keys, let context):
            at(context.mark, "key '\(keys.joined(separator: "', '"))' is given more than once; leave one")
        case .reader(let problem, _, _, _): at(nil, "is not YAML: \(problem)")
        default: at(nil, "is not YAML")
        }
    }
}
