import ArgumentParser
import Bedrock
import Cryptography
import EKMClient
import EKMWire

/// Which main key an environment is to get, where ekmd does not make it.
struct MainKeyOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file with 32 bytes in base64: openssl rand -base64 32", valueName: "file")) var material: String?
    @Option(help: ArgumentHelp("A key ARN, key id or alias ARN.", valueName: "arn")) var awsKms: String?
    @Option(help: ArgumentHelp("A role to assume for the key.", valueName: "arn")) var roleArn: String?
    @Option(help: ArgumentHelp("The external id to assume the role with.", valueName: "id")) var externalId: String?

    func validate() throws {
        if material != nil, awsKms != nil {
            throw ValidationError("An environment has one main key: give --material or --aws-kms, not both.")
        }
        if awsKms == nil, roleArn != nil || externalId != nil {
            throw ValidationError("--role-arn and --external-id belong to a key in AWS KMS: give --aws-kms, too.")
        }
        if externalId != nil, roleArn == nil { throw ValidationError("--external-id belongs to a role: give --role-arn, too.") }
    }

    /// Whether none is named.
    var isEmpty: Bool { material == nil && awsKms == nil }

    /// Lends the main key, managed where none is named; material is wiped afterwards.
    func withKey<R>(_ body: (NewMainKey) throws(Failure) -> R) throws(Failure) -> R {
        if let material {
            let secret = try MaterialFile.read(material)
            var bytes = secret.withBytes { $0.array }
            defer { bytes.wipe() }
            return try body(.material(bytes))
        }
        if let awsKms { return try body(.awsKMS(AWSKMSKey(reference: awsKms, roleARN: roleArn, externalID: externalId))) }
        return try body(.managed)
    }
}
