package import Cryptography

extension HierarchyError {
    package static func unknown(_ name: EnvironmentName) -> Self {
        Self(
            .unknownEnvironment, "There is no environment \(name) here.",
            remedy: "See `ekmctl env list`, or create it with `ekmctl env create \(name)`.")
    }

    static func damaged(_ name: EnvironmentName, _ what: String) -> Self {
        Self(
            .damaged, "The environment \(name) is shut: what the store holds of it was changed or damaged (\(what)).",
            remedy: "Restore the store from a backup; nothing was overwritten. Other environments work on.")
    }

    static func locked(_ name: EnvironmentName, _ lock: EnvironmentLock, others: Int) -> Self {
        let more = others == 0 ? "" : others == 1 ? " (and by another lock)" : " (and by \(others) other locks)"
        return Self(
            .locked, "The environment \(name) was locked by its operator at \(lock.at): \(lock.reason)\(more)",
            remedy: "Nothing is lost. Once the reason is gone: `ekmctl env unlock \(name)\(others == 0 ? "" : " --lock \(lock.number)")`.")
    }

    static func tooManyLocks(_ name: EnvironmentName) -> Self {
        Self(
            .limitReached, "There are \(EnvironmentLock.most) locks on \(name) already: it is shut.",
            remedy: "See them with `ekmctl env show \(name)`.")
    }

    static func lateGrant(at now: WallTime) -> Self {
        Self(
            .unreachable, "The main key's answer came later than it may be believed.",
            remedy: "Try again; look at the KMS's latency if it lasts.", verdict: VerdictRecord(.unreachable, at: now))
    }

    static func worthlessGrant(at now: WallTime) -> Self {
        Self(
            .wiped, "The main key's answer came after the environment was shut, or after a later verdict.", remedy: "Try again.",
            verdict: VerdictRecord(.unreachable, at: now))
    }

    package init(_ failure: MainKeyFailure, of environment: EnvironmentName, verdict: VerdictRecord) {
        let code: Code =
            switch failure.verdict {
            case .granted: .internal
            case .restricted: .restricted
            case .revoked: .revoked
            case .mismatched: .mismatched
            case .throttled: .throttled
            case .unreachable: .unreachable
            }
        self.init(
            code, "The main key of \(environment) is \(failure.verdict.name): \(failure.message)", remedy: failure.remedy,
            verdict: verdict)
    }

    package init(_ error: CryptographyError) {
        if error.code == .arenaFull {
            self.init(.limitReached, "There is no locked memory left for another key.", remedy: "Raise LimitMEMLOCK= of the daemon's unit.")
        } else if error.code == .cannotOpen {
            self.init(.cannotDecrypt, "This ciphertext, or its context, is not what was encrypted.", remedy: "Pass both unchanged.")
        } else {
            self.init(.internal, "The cryptography library failed: \(error.message)", remedy: "Look at the daemon's log, and report it.")
        }
    }

    package init(_ error: KeyStoreError) {
        self.init(error.code == .damaged ? .damaged : .storeFailed, error.message, remedy: error.remedy)
    }
}

extension MainKeyFailure {
    static func withdrawn(_ name: EnvironmentName) -> Self {
        Self(
            verdict: .revoked, message: "its material was withdrawn.", reason: "withdrawn",
            remedy: "Upload the same 32 bytes again: `ekmctl key replace \(name) --material FILE`.")
    }
}
