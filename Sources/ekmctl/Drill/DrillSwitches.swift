/// The commands that deny a key and restore it, or the operator's hand.
struct DrillSwitches: ~Copyable {
    /// How long a command that denies is waited for, in milliseconds. One that restores is waited for however long it takes.
    private let patience: Int

    private let denyCommand: String?
    private let restoreCommand: String?
    private var running: ChildProgram?
    private var runningCommand = ""
    private var isRestoring = false
    /// Whether the key was, or was to be, denied, and not restored yet.
    private(set) var isDenied = false

    init(deny: String?, restore: String?, patience: Int = 60_000) {
        self.patience = patience
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
        guard let restoreCommand else {
            isDenied = false
            return
        }
        isRestoring = true
        try start(restoreCommand)
    }

    /// - Throws: where the command that was started last has failed.
    mutating func check() throws(Failure) {
        guard let status = running?.status() else { return }
        try ended(status)
    }

    /// Restores a key that a command denied, on the way out, or waits for the command that does.
    mutating func restoreNow() {
        guard isDenied, denyCommand != nil, let restoreCommand else { return }
        do throws(Failure) {
            if !isRestoring {
                _ = running?.wait(milliseconds: patience)
                running = nil
                isRestoring = true
                try start(restoreCommand)
            }
            try finish()
        } catch { Terminal.error("ekmctl: \(error.message). Restore the key by hand.") }
    }

    /// Waits for the command that was started last.
    mutating func finish() throws(Failure) {
        guard running != nil else { return }
        if isRestoring, running?.status() == nil { Terminal.error("Waiting for '\(runningCommand)' to end, which restores the key.") }
        try ended(running?.wait(milliseconds: isRestoring ? nil : patience) ?? -1)
    }

    private mutating func start(_ command: String) throws(Failure) {
        runningCommand = command
        // Apart: a second Ctrl-C is for ekmctl, and must not end what restores the key.
        running = try ChildProgram("/bin/sh", ["-c", command], isApart: true)
    }

    private mutating func ended(_ status: Int32) throws(Failure) {
        running = nil
        try Self.check(status, runningCommand)
        if isRestoring { isDenied = false }
    }

    private static func check(_ status: Int32, _ command: String) throws(Failure) {
        guard status != 0 else { return }
        throw Failure(
            .software, "command-failed", status < 0 ? "'\(command)' did not end" : "'\(command)' ended with \(status)",
            remedy: "See that the key is as it should be.")
    }
}
