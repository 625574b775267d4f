import ArgumentParser

struct ReceiptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt", abstract: "List, show and check the signed receipts of erasures.",
        subcommands: [ReceiptListCommand.self, ReceiptShowCommand.self, ReceiptVerifyCommand.self, ReceiptPublicKeyCommand.self])
}
