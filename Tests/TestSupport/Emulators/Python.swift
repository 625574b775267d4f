import Foundation

/// A Python interpreter that can make virtual environments.
package struct Python: Sendable, Equatable {
    package let executable: String
    package let minor: Int

    package var version: String { "3.\(minor)" }

    /// The interpreters on this machine, one of each version: those in PATH, in /usr and in ~/.pyenv.
    package static let installed: [Python] = {
        let environment = ProcessInfo.processInfo.environment
        let versions = "\(NSHomeDirectory())/.pyenv/versions"
        let folders =
            ["/usr/bin", "/usr/local/bin"] + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
            + ((try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []).sorted().map { "\(versions)/\($0)/bin" }
        var found: [Python] = []
        for folder in folders {
            for name in ["python3"] + (9...14).map({ "python3.\($0)" }) {
                let candidate = "\(folder)/\(name)"
                guard FileManager.default.isExecutableFile(atPath: candidate), let python = Python(probing: candidate) else { continue }
                if !found.contains(where: { $0.minor == python.minor }) { found.append(python) }
            }
        }
        return found
    }()

    private init?(probing candidate: String) {
        let question = "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1], sys.executable)"
        guard let answer = try? Command.runBlocking([candidate, "-c", question], timeout: .seconds(10)), answer.succeeded else {
            return nil
        }
        let words = answer.text.split(whereSeparator: \.isWhitespace)
        guard words.count == 3, words[0] == "3", let minor = Int(words[1]) else { return nil }
        self.executable = String(words[2])
        self.minor = minor
    }
}
