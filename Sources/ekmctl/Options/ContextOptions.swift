import ArgumentParser
import EKMWire

/// The encryption context: whoever decrypts must name the same pairs.
struct ContextOptions: ParsableArguments {
    @Option(
        name: .customLong("context"), parsing: .singleValue,
        help: ArgumentHelp("A pair to bind the data to; may be repeated. Decrypting takes the same pairs.", valueName: "key=value"))
    var pairs: [String] = []

    func validate() throws { _ = try context() }

    /// - Throws: a usage error that names neither keys nor values.
    func context() throws -> EncryptionContext {
        let split = try pairs.map { pair in
            guard let equals = pair.firstIndex(of: "="), equals > pair.startIndex else {
                throw ValidationError("Write a pair of the context as --context KEY=VALUE.")
            }
            return (String(pair[..<equals]), String(pair[pair.index(after: equals)...]))
        }
        do throws(WireError) { return try EncryptionContext(split) } catch { throw ValidationError(error.description) }
    }
}
