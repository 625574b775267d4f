import Glibc

extension Failure {
    static func cannotRead(_ path: String, _ error: Int32) -> Failure {
        Failure(
            .noInput, "no-input", "cannot read \(path): \(text(error))",
            remedy: "See that the file is there, and that this user may read it.")
    }

    static func cannotCreate(_ path: String, _ error: Int32) -> Failure {
        Failure(
            .cannotCreate, "cannot-create", "cannot write to \(path): \(text(error))", remedy: "Choose a place where this user may write.")
    }

    static func readFailed(_ path: String, _ error: Int32) -> Failure {
        Failure(.inputOutput, "input-output", "reading \(path) failed: \(text(error))", remedy: "Nothing was left under the output's name.")
    }

    static func writeFailed(_ path: String, _ error: Int32) -> Failure {
        let remedy =
            switch error {
            case ENOSPC, EDQUOT, EFBIG: "Make room, then try again. "
            default: ""
            }
        let kept = path == OutputFile.standardOutputName ? "" : "Nothing was left under its name."
        return Failure(.inputOutput, "input-output", "writing \(path) failed: \(text(error))", remedy: remedy + kept)
    }

    private static func text(_ error: Int32) -> String { unsafe String(cString: strerror(error)) }
}
