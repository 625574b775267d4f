/// The commands that deny a key and restore it, or the operator's hand.
struct DrillSwitches: ~Copyable {
    /// How long a command that restores is waited for at the end, in milliseconds.
    private static let patience = 60_000

    private let denyCommand: String?
    private let restoreCommand: String?
    private var running: ChildProgram?
    private var runningCommand = ""
    /// Whether the key was, or was to be, denied, and not restored yet.
    private(set) var isDenied = false

    init(deny: String?, restore: String?) {
        denyCommand = deny
        restoreCommand = restore
    }

    var deniesByItself: Bool { denyCommand != nil }
    var restoresByItself: Bool { restoreCommand != nil }

    mutating func deny() throws(Failure) {
        isDenied = true
        if let denyCommand { try start(denyCommand) }
    }

    mutating func restore() throws(Failure) {
        try finish()
        isDenied = false
        if let restoreCommand { try start(restoreCommand) }
    }

    /// - Throws: where the command that was started last has failed.
    mutating func check() throws(Failure) {
        guard let status = running?.status() else { return }
        running = nil
        try Self.check(status, runningCommand)
    }

    /// Restores a key that a command denied, on the way out.
    mutating func restoreNow() {
        guard isDenied, denyCommand != nil, let restoreCommand else { return }
        isDenied = false
        _ = running?.wait(milliseconds: Self.patience)
        running = nil
        do throws(Failure) {
            try start(restoreCommand)
            try finish()
        } catch { Terminal.error("ekmctl: \(error.message). Restore the key by hand.") }
    }

    private mutating func start(_ command: String) throws(Failure) {
        runningCommand = command
        running = try ChildProgram("/bin/sh", ["-c", command])
    }

    private mutating func finish() throws(Failure) {
        guard running != nil else { return }
        let status = running?.wait(milliseconds: Self.patience) ?? -1
        running = nil
        try Self.check(status, runningCommand)
    }

    private static func check(_ status: Int32, _ command: String) throws(Failure) {
        guard status != 0 else { return }
        throw Failure(
            .software, "command-failed", status < 0 ? "'\(command)' did not end" : "'\(command)' ended with \(status)",
            remedy: "See that the key is as it should be.")
    }
}
