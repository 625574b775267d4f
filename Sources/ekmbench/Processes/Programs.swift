import FoundationEssentials
import Glibc

/// The programs that are measured: built beside this one, so that they are of one checkout.
enum Programs {
    static func path(of name: String) throws(Failure) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let path = own.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + name
        guard unsafe access(path, X_OK) == 0 else { throw .noProgram(path) }
        return path
    }
}
