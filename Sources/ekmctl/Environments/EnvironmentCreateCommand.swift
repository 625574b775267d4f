import ArgumentParser
import Cryptography
import EKMClient
import EKMWire

struct EnvironmentCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create an environment.",
        discussion: """
            Without options, ekmd makes and keeps the main key. With --material, the customer uploads it. With --aws-kms, it stays in the \
            customer's AWS KMS; 'ekmctl policy aws-kms' prints the key policy for it, and the external id for --external-id.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(help: ArgumentHelp("A file with 32 bytes in base64: openssl rand -base64 32", valueName: "file")) var material: String?
    @Option(help: ArgumentHelp("A key ARN, key id or alias ARN.", valueName: "arn")) var awsKms: String?
    @Option(help: ArgumentHelp("A role to assume for the key.", valueName: "arn")) var roleArn: String?
    @Option(help: ArgumentHelp("The external id to assume the role with.", valueName: "id")) var externalId: String?
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if material != nil, awsKms != nil {
            throw ValidationError("An environment has one main key: give --material or --aws-kms, not both.")
        }
        if awsKms == nil, roleArn != nil || externalId != nil {
            throw ValidationError("--role-arn and --external-id belong to a key in AWS KMS: give --aws-kms, too.")
        }
        if externalId != nil, roleArn == nil { throw ValidationError("--external-id belongs to a role: give --role-arn, too.") }
    }

    func run() throws {
        let client = connection.client()
        let report: EnvironmentReport
        if let material {
            let secret = try MaterialFile.read(material)
            var bytes = secret.withBytes { $0.array }
            defer { bytes.wipe() }
            report = try create(client, .material(bytes))
        } else if let awsKms {
            report = try create(client, .awsKMS(AWSKMSKey(reference: awsKms, roleARN: roleArn, externalID: externalId)))
        } else {
            report = try create(client, .managed)
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output("Created \(report.environment).\n\n" + EnvironmentPicture(report).text)
    }

    private func create(_ client: EKMClient, _ mainKey: NewMainKey) throws(Failure) -> EnvironmentReport {
        try connection.call { () throws(EKMClientError) in try client.blocking.createEnvironment(environment.name, mainKey: mainKey) }
    }
}
