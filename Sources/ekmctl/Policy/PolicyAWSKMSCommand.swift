import ArgumentParser
import EKMClient
import EKMWire

struct PolicyAWSKMSCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws-kms", abstract: "Print the least AWS KMS key policy for an environment.",
        discussion: """
            --principal is the identity that ekmd runs as. With --role-arn, ekmd assumes that role, which may be in the customer's account: \
            the key policy then names the role, and its trust policy lets ekmd in with the external id that ekmd made for this environment. \
            The external id protects against a confused deputy: no other customer's role can be reached with it.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @Option(help: ArgumentHelp("The ARN of the identity that ekmd runs as.", valueName: "arn")) var principal: PrincipalARN
    @Option(help: ArgumentHelp("The role that ekmd assumes for the key.", valueName: "arn")) var roleArn: PrincipalARN?
    @OptionGroup var connection: ConnectionOptions

    func run() throws {
        let keyPolicy = AWSPolicy.key(for: environment, principal: roleArn ?? principal)
        var trustPolicy: AWSPolicy?
        var externalID: String?
        if roleArn != nil {
            let client = connection.client()
            let id = try connection.call { () throws(EKMClientError) in try client.blocking.externalID(environment.name) }
            externalID = id
            trustPolicy = AWSPolicy.trust(principal: principal, externalID: id)
        }
        if connection.json {
            return try JSON.print(AWSPolicyReport(keyPolicy: keyPolicy, trustPolicy: trustPolicy, externalID: externalID))
        }
        Terminal.error("Add these statements to the policy of the key; keep the statement by which its owner administers it.")
        try JSON.print(keyPolicy)
        if let roleArn, let trustPolicy, let externalID {
            Terminal.error("\nThe trust policy of the role \(roleArn.text):")
            try JSON.print(trustPolicy)
            Terminal.error(
                "\nThen: ekmctl env create \(environment.name) --aws-kms KEY-ARN --role-arn \(roleArn.text) --external-id \(externalID)")
        }
    }
}
