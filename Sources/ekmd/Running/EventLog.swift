import KeyHierarchy
import Logging

/// What the keyring tells, as the log says it.
enum EventLog {
    static func write(_ event: Keyring.Event, to logger: Logger) {
        switch event {
        case .proved(let environment, _): logger.trace("proved", metadata: ["id": "\(environment)"])
        case .wiped(let environment): logger.debug("keys wiped", metadata: ["id": "\(environment)"])
        case .verdict(let environment, let record):
            let level: Logger.Level =
                switch record.verdict {
                case .granted: .debug
                case .throttled, .unreachable: .warning
                case .restricted, .revoked: .warning
                case .mismatched: .error
                }
            logger.log(
                level: level, "the main key's verdict: \(record.verdict.name)",
                metadata: ["environment": "\(environment.name)", "reason": "\(record.reason)"])
        case .damaged(let environment, let why):
            logger.error("the environment is damaged and stays shut: \(why)", metadata: ["environment": "\(environment.name)"])
        }
    }
}
