internal import Bedrock
internal import Cryptography

/// Tells several parts what the keyring tells one: give ``tell(_:)`` to the keyring, then let each part add itself.
package final class KeyringObservers: Sendable {
    private let observers = Lock<[Observer]>([])

    /// In a class: a closure that is read out of a generic container would be wrapped once more at each read.
    private final class Observer: Sendable {
        let tell: KeyringObserver

        init(tell: @escaping KeyringObserver) { self.tell = tell }
    }

    package init() {}

    package func add(_ observer: @escaping KeyringObserver) { observers.withLock { $0.append(Observer(tell: observer)) } }

    package func tell(_ event: KeyringEvent) {
        let observers = observers.withLock { $0 }
        for observer in observers { observer.tell(event) }
    }
}
