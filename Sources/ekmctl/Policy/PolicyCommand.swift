import ArgumentParser

struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Print what a customer's KMS must allow.", subcommands: [PolicyAWSKMSCommand.self])
}
