import Foundation

/// An emulator's process, which has answered at least once.
final class Emulator: Sendable {
    /// `http://127.0.0.1:PORT`
    let endpoint: String
    private let process: ChildProcess

    /// Starts `command` and waits until its health page answers. Another free port is tried when it ends at once.
    init(
        named name: String, in directory: String, health: String, command: [String],
        environment: (_ address: String, _ port: Int) -> [String: String]
    ) throws {
        var log = ""
        for attempt in 1...3 {
            let port = try freeLoopbackPort()
            let address = "127.0.0.1:\(port)"
            let logFile = "\(directory)/log-\(attempt)"
            let variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
                .merging(environment(address, port)) { $1 }
            let process = try ChildProcess(command, environment: variables, directory: directory, output: logFile)
            let deadline = ContinuousClock.now + .seconds(90)
            while process.state == nil && ContinuousClock.now < deadline {
                let probe = try Command.runBlocking(
                    ["curl", "-s", "-f", "--noproxy", "*", "-m", "5", "-o", "/dev/null", "http://\(address)\(health)"],
                    timeout: .seconds(10))
                if probe.succeeded {
                    self.endpoint = "http://\(address)"
                    self.process = process
                    return
                }
                usleep(100_000)
            }
            process.stop(grace: .zero)
            log = (try? String(contentsOfFile: logFile, encoding: .utf8)) ?? ""
        }
        throw ProcessFailure("\(name) did not start: \(log.suffix(1_000))")
    }
}
