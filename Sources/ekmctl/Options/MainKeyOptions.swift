import ArgumentParser
import Bedrock
import Cryptography
import EKMClient
import EKMWire

/// Which main key an environment is to get, where ekmd does not make it.
struct MainKeyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file with 32 bytes in base64: openssl rand -base64 32", valueName: "file")) var material: String?
    @OptionGroup var kms: KMSKeyOptions

    func validate() throws {
        guard material == nil || kms.key == nil else {
            throw ValidationError("An environment has one main key: give --material or \(Self.kmsForms), not both.")
        }
    }

    /// Whether none is named.
    var isEmpty: Bool { material == nil && kms.key == nil }

    /// How a key in a KMS is named, for a usage error.
    static var kmsForms: String { KMSKeyOptions.forms.joined(separator: ", ") }

    /// Lends the main key, managed where none is named; material is wiped afterwards.
    func withKey<R>(_ body: (NewMainKey) throws(Failure) -> R) throws(Failure) -> R {
        if let material {
            let secret = try MaterialFile.read(material)
            var bytes = secret.withBytes { $0.array }
            defer { bytes.wipe() }
            return try body(.material(bytes))
        }
        if let key = kms.key { return try body(.kms(key)) }
        return try body(.managed)
    }
}
