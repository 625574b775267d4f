package import KeyHierarchy

/// Which of the fake main keys a test speaks of.
package enum FakeMainKeyScope: Hashable, Sendable {
    /// All main keys of the environment of that name.
    case environment(String)
    /// All main keys whose reference has that identifier.
    case reference(String)
    case mainKey(MainKeyID)
}

/// What names fake main keys: an environment's name, a reference, a main key's id.
package protocol NamesFakeMainKeys: Sendable {
    var fakeMainKeys: FakeMainKeyScope { get }
}

extension EnvironmentName: NamesFakeMainKeys {
    package var fakeMainKeys: FakeMainKeyScope { .environment(description) }
}

extension MainKeyID: NamesFakeMainKeys {
    package var fakeMainKeys: FakeMainKeyScope { .mainKey(self) }
}

extension MainKeyReference: NamesFakeMainKeys {
    package var fakeMainKeys: FakeMainKeyScope { .reference(identifier) }
}
