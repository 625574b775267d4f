import Foundation

/// The project's programs, as they were built beside the tests.
package enum Executables {
    /// The path of one of them. `$EKM_BIN` names another directory, such as that of a release build.
    package static func path(of name: String) -> String {
        if let directory = ProcessInfo.processInfo.environment["EKM_BIN"] { return "\(directory)/\(name)" }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
    }
}
