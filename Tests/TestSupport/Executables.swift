import Foundation

/// The project's programs, as they were built beside the tests.
package enum Executables {
    /// The path of one of them. `$EKM_BIN` names another directory, such as that of a release build.
    package static func path(of name: String) -> String {
        if let directory = ProcessInfo.processInfo.environment["EKM_BIN"] { return "\(directory)/\(name)" }
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name).path
    }

    /// Whether these tests, and the programs beside them, were built with a sanitizer.
    package static let isSanitized = ["__asan_init", "__tsan_init"].contains { (name: String) in dlsym(nil, name) != nil }

    /// What instrumented builds of the programs need in their environment.
    package static var sanitizing: [String: String] {
        var variables: [String: String] = [:]
        for name in ["TSAN_OPTIONS", "UBSAN_OPTIONS", "LLVM_PROFILE_FILE"] { variables[name] = ProcessInfo.processInfo.environment[name] }
        // The search for leaks attaches to the process, which does not let itself be traced.
        let options = ProcessInfo.processInfo.environment["ASAN_OPTIONS"].map { $0 + ":" } ?? ""
        variables["ASAN_OPTIONS"] = options + "detect_leaks=0"
        return variables
    }
}
