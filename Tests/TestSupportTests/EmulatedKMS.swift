import TestSupport

/// A KMS of the tests, reached as its owner.
enum EmulatedKMS: Sendable, CustomStringConvertible {
    case localStack(LocalStack.Edition)
    case faultInjecting

    static let all: [EmulatedKMS] = [.faultInjecting] + LocalStack.Edition.runnable.map { .localStack($0) }

    var description: String {
        switch self {
        case .localStack(let edition): "\(edition)"
        case .faultInjecting: "the fault-injecting KMS"
        }
    }
}
