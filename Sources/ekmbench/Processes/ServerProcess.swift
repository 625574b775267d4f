import CBench
import EKMWire
import FoundationEssentials
import Glibc

/// A server that was started here: alone in its process group, on its core, ended with its last reference.
final class ServerProcess {
    let contender: Contender
    let process: pid_t
    private let socket: String
    private let log: String
    /// Counts its instructions; negative where the kernel does not.
    private let counter: Int32
    private let allocations: AllocationCounter?
    private let counterError: Int32

    init(_ contender: Contender, in scratch: Scratch, on core: Int32?, countsAllocations: Bool = false) throws(Failure) {
        self.contender = contender
        socket = scratch.file("\(contender).sock")
        log = scratch.file("\(contender).log")
        let command: [String]
        switch contender {
        case .ekmd:
            let configuration = scratch.file("ekmd.yaml")
            try Self.write(Self.configuration(socket: socket, in: scratch), to: configuration)
            command = [try Programs.path(of: "ekmd"), "--config", configuration]
        case .floor, .suite: command = [try Programs.path(of: "ekmfloor"), contender.rawValue, socket]
        }
        let output = unsafe open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw .system("\(log) could not be made", errno, remedy: "Let TMPDIR name a directory with room.") }
        defer { close(output) }
        allocations = countsAllocations ? try AllocationCounter(file: scratch.file("\(contender).allocations")) : nil
        let own = ["PATH=/usr/bin:/bin", "HOME=\(scratch.path)", "SWIFT_BACKTRACE=enable=no"]
        let environment = try own + (allocations?.variables ?? [])
        let started = unsafe CStrings.with(command) { arguments in
            unsafe CStrings.with(environment) { unsafe ekm_start(arguments, $0, output, core ?? -1) }
        }
        process = started.pid
        counter = started.counter
        counterError = started.counter_error
        guard started.error == 0, process > 0 else {
            throw .system("\(command[0]) could not be started", started.error, remedy: "See that it can be run by hand.")
        }
        try waitUntilReady()
    }

    deinit { stop() }

    /// The same as a daemon's defaults, but for the places.
    private static func configuration(socket: String, in scratch: Scratch) -> String {
        """
        socket: \(socket)
        state: \(scratch.file("state"))
        root_key: { file: \(scratch.file("keys/root.key")) }
        log: { level: warning }

        """
    }

    private static func write(_ text: String, to path: String) throws(Failure) {
        do { try text.write(toFile: path, atomically: false, encoding: .utf8) } catch {
            throw .badInput("\(path) could not be written.", remedy: "Let TMPDIR name a directory with room.")
        }
    }

    private func waitUntilReady() throws(Failure) {
        let end = Deadline.after(seconds: Double(Deadline.silence))
        while try LoadSocket(path: socket, server: self) == nil {
            try Interruption.check()
            guard isRunning else { throw .ended(name, log: lastWords) }
            guard Deadline.now < end else { throw .silent(name) }
            usleep(5_000)
        }
    }

    /// As it is called in the report.
    var name: String { contender.rawValue }

    private var isRunning: Bool { waitpid(process, nil, WNOHANG) == 0 }

    /// The end of what it wrote.
    var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(3).joined(separator: " ")
    }

    /// Asks it to end, and waits a little before it is killed.
    private func stop() {
        if counter >= 0 { close(counter) }
        guard process > 0, isRunning else { return }
        kill(process, SIGTERM)
        let end = Deadline.after(seconds: 5)
        while isRunning {
            if Deadline.now > end {
                kill(process, SIGKILL)
                waitpid(process, nil, 0)
                return
            }
            usleep(2_000)
        }
    }
}

extension ServerProcess {
    /// A connection that has said hello, ready for requests of one kind.
    func connect(for operation: BenchOperation) throws(Failure) -> LoadSocket {
        guard let connection = try LoadSocket(path: socket, server: self) else { throw .ended(name, log: lastWords) }
        var hello: [UInt8] = []
        do throws(WireError) {
            switch contender {
            case .ekmd: try HelloRequest(client: "ekmbench").encode(into: &hello, requestID: 1)
            case .floor, .suite:
                // These do not parse: they are told where the payloads begin.
                try hello.appendRequest(.hello, requestID: 1) { (bytes) throws(WireError) in
                    bytes.appendBigEndian(UInt32(Requests.lead(of: operation)))
                }
            }
        } catch { throw .wire(error) }
        _ = try connection.call(hello)
        return connection
    }

    /// Why its instructions are not counted; nil where they are.
    var whyNotCounted: String? {
        switch counterError {
        case 0: nil
        case ENOENT, EOPNOTSUPP, ENODEV: "this machine has no counter for them, as most virtual machines"
        case EACCES, EPERM: "the kernel does not allow it; as root, or with kernel.perf_event_paranoid at 2 or less, it does"
        default: unsafe String(cString: strerror(counterError))
        }
    }

    /// What the process has used so far.
    var usage: ProcessUsage {
        var instructions: UInt64 = 0
        let isCounted = counter >= 0 && (unsafe read(counter, &instructions, 8)) == 8
        return ProcessUsage(cpu: ekm_cpu_time(process), instructions: isCounted ? instructions : nil, allocations: allocations?.count)
    }
}
