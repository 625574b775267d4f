internal import Bedrock
package import KeyHierarchy

/// Tells several parts what the keyring tells one: give ``tell(_:)`` to the keyring, then let each part add itself.
package final class KeyringObservers: Sendable {
    private let observers = Lock<[@Sendable (Keyring.Event) -> Void]>([])

    package init() {}

    package func add(_ observer: @escaping @Sendable (Keyring.Event) -> Void) { observers.withLock { $0.append(observer) } }

    package func tell(_ event: Keyring.Event) {
        let observers = observers.withLock { $0 }
        for observer in observers { observer(event) }
    }
}
