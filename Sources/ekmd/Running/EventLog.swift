import KeyHierarchy
import Keyring
import Logging

/// What the keyring tells, as the log says it.
enum EventLog {
    static func write(_ event: KeyringEvent, to logger: Logger) {
        switch event {
        case .deadlineMoved(let environment): logger.trace("proved or wiped", metadata: ["id": "\(environment)"])
        case .verdict(let environment, let record, let isInForce):
            let level: Logger.Level =
                switch record.verdict {
                case .granted: .debug
                case .throttled, .unreachable: .warning
                case .restricted, .revoked: .warning
                case .mismatched: .error
                }
            logger.log(
                level: level,
                isInForce ? "the main key's verdict: \(record.verdict.name)" : "a former main key's verdict: \(record.verdict.name)",
                metadata: ["environment": "\(environment.name)", "reason": "\(record.reason)"])
        case .dropped(let environment): logger.debug("keys wiped", metadata: ["id": "\(environment)"])
        case .adopted(let environment, let version, let cause):
            logger.notice(
                "version \(version) of the environment key is in force, after a \(cause == .rotation ? "rotation" : "replacement") of the main key",
                metadata: ["environment": "\(environment.name)"])
        case .repackDue: break
        case .repacked(let environment, let version):
            logger.notice(
                "every key hangs under version \(version) of the environment key; the older ones are dropped",
                metadata: ["environment": "\(environment.name)"])
        case .repackEnded(let environment, let version, let end):
            let what =
                switch end {
                case .cancelled: "was cancelled: the main key before it is in force again"
                case .superseded: "was taken over by that of another change of the main key"
                }
            logger.notice(
                "the repack to version \(version) of the environment key \(what); older versions and main keys are still needed",
                metadata: ["environment": "\(environment.name)"])
        case .warning(let environment, let sentence):
            logger.warning("\(sentence)", metadata: ["environment": "\(environment.name)"])
        case .purged(let since): logger.notice("what was destroyed since \(since) is out of the store's file and its log")
        case .clock(.believed): logger.notice("the clock is believed again")
        case .clock(.doubt(let reason)):
            logger.warning("the clock is in doubt, so that erasures and replacements wait for it or for `ekmctl clock accept`: \(reason)")
        case .damaged(let environment, let why):
            logger.error("the environment is damaged and stays shut: \(why)", metadata: ["environment": "\(environment.name)"])
        }
    }
}
