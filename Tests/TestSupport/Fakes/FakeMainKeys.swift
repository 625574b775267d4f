import Bedrock
internal import Cryptography
package import KeyHierarchy
import MainKeyDeclarations
import MainKeys

/// Main keys that live in the test: real wrapping, each under a secret of its own, and answers that the test chooses, held back or counted.
///
/// What is said of an environment holds for all of its main keys; what is said of a reference holds for the keys that it names, and what
/// is said of one main key wins over both.
package final class FakeMainKeys: MainKeyProvider {
    package enum Answer: Sendable {
        case granted
        case failure(MainKeyFailure)
        /// Decrypts, but to another environment's content.
        case foreign
    }

    struct State {
        var conduct: [FakeMainKeyScope: Conduct] = [:]
        var waiting: [Waiter] = []
        var decrypts: [FakeMainKeyScope: Int] = [:]
        var inspections: [FakeMainKeyScope: Int] = [:]
    }

    struct Waiter {
        let scopes: [FakeMainKeyScope]
        let isInspection: Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    let state = Lock(State())
    private let master: SecretBytes
    let clock: any BootClock

    package init(clock: any BootClock) throws {
        master = try SecretBytes.random(byteCount: 32)
        self.clock = clock
    }

    package func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        FakeMainKey(keys: self, record: record)
    }

    /// As the kind that it stands for.
    package func admit(_ reference: MainKeyReference, by rules: ReferenceRules) throws(ReferenceRefusal) -> MainKeyReference {
        guard reference.kind == .awsKMS else { return reference }
        return try AWSKMSKind.declaration.admit(reference, by: rules)
    }

    /// The secret under which one main key wraps: the same for the same id, also after a restart with the same `FakeMainKeys`.
    func secret(of mainKey: MainKeyID) throws(CryptographyError) -> SecretBytes {
        let id = mainKey.bytes
        return try master.withBytes { (master: RawSpan) throws(CryptographyError) -> SecretBytes in
            try HKDF.derive(from: master, salt: nil, info: id.span.bytes, byteCount: 32)
        }
    }

    /// Counts a call, and waits while a test holds it.
    func arrive(_ scopes: [FakeMainKeyScope], isInspection: Bool) async {
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                for scope in scopes {
                    if isInspection { state.inspections[scope, default: 0] += 1 } else { state.decrypts[scope, default: 0] += 1 }
                }
                guard state.holds(scopes, isInspection: isInspection) else { return true }
                state.waiting.append(Waiter(scopes: scopes, isInspection: isInspection, continuation: continuation))
                return false
            }
            if goesOn { continuation.resume() }
        }
    }
}

extension FakeMainKeys.State {
    func holds(_ scopes: [FakeMainKeyScope], isInspection: Bool) -> Bool {
        scopes.contains { scope in
            guard let conduct = conduct[scope] else { return false }
            return isInspection ? conduct.holdsInspections : conduct.holdsDecrypts
        }
    }
}
