import ArgumentParser
import EKMClient
import EKMWire

struct KeyReplaceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Point an environment at another main key.",
        discussion: """
            The new key is tried first, and the old one must prove itself; if either fails, nothing is changed. Encryption and decryption \
            go on throughout, while all keys are wrapped anew in the background ('ekmctl repack show'). Once in 24 hours.

            Where material was withdrawn, --material with the same 32 bytes restores it.
            """)

    @Argument(help: EnvironmentArgument.help, transform: EnvironmentArgument.init(parsing:)) var environment: EnvironmentArgument
    @OptionGroup var mainKey: MainKeyOptions
    @Flag(help: "A key that ekmd makes and keeps.") var managed = false
    @Flag(help: "Do not ask the old main key: what hangs under it stays unreadable until it is granted again.") var withoutOld = false
    @Flag(help: "Only try the new key, and say what would happen.") var dryRun = false
    @Flag(help: "Take a key that may not be used yet: it replaces the old one once the customer has granted it, within 7 days.")
    var whenGranted = false
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        guard managed == mainKey.isEmpty else {
            throw ValidationError("Name the new main key, with exactly one of: \(MainKeyOptions.kmsForms), --material FILE, --managed.")
        }
        if whenGranted, mainKey.kms.key == nil {
            throw ValidationError("--when-granted belongs to a key in a KMS: give \(MainKeyOptions.kmsForms), too.")
        }
        if whenGranted, dryRun { throw ValidationError("--when-granted and --dry-run exclude each other.") }
    }

    func run() throws {
        let client = connection.client()
        var flags: ReplacementFlags = []
        if dryRun { flags.insert(.dryRun) }
        if withoutOld { flags.insert(.withoutOld) }
        if whenGranted { flags.insert(.whenGranted) }
        let report = try mainKey.withKey { (key) throws(Failure) in
            try connection.call { () throws(EKMClientError) in
                try client.blocking.replaceMainKey(environment.name, with: key, flags: flags, timeout: .seconds(120))
            }
        }
        if connection.json { return try JSON.print(report) }
        try Terminal.output(Self.text(report))
    }

    static func text(_ report: ReplacementOutcomeReport) -> String {
        let name = report.environment
        var lines = report.probe.map { "  \($0)" }
        if !lines.isEmpty { lines = ["Tried on \(KeyPicture.name(report.mainKey)):"] + lines + [""] }
        let time = report.estimatedSeconds.map { ", in about \(DurationArgument.about($0))" } ?? ""
        let keys = "\(report.keysToMove) key\(report.keysToMove == 1 ? "" : "s")"
        switch report.outcome {
        case "planned":
            lines.append("Nothing was changed. A replacement would take effect at once, and move \(keys)\(time).")
        case "pending":
            lines.append("The key may not be used yet. It replaces the present one by itself once the customer has granted it.")
            lines.append("See it with: ekmctl key show \(name)")
        case "restored":
            lines.append("These are the bytes that were withdrawn: \(name) can be read again.")
        default:
            lines.append("Replaced: \(KeyPicture.name(report.mainKey)) is the main key of \(name) from now on.")
            if report.keysToMove > 0 { lines.append("\(keys) move to it\(time): ekmctl repack show \(name) --watch") }
        }
        if report.keysUnreadable > 0 {
            lines.append(
                "\(report.keysUnreadable) key\(report.keysUnreadable == 1 ? "" : "s") \(report.outcome == "planned" ? "would stay" : "stay") "
                    + "unreadable until the old main key is granted again.")
        }
        if let allowed = report.allowedFrom {
            lines.append(report.outcome == "planned" ? "Allowed from \(allowed)." : "The next replacement is allowed from \(allowed).")
        }
        return (lines + report.warnings.map { "warning: \($0)" }).joined(separator: "\n")
    }
}
