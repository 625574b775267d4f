package import KeyHierarchy

/// Provides keys that ekmd made and keeps: the default.
package struct ManagedProvider: MainKeyProvider {
    private let root: RootKey
    private let clock: any BootClock

    package init(root: RootKey, clock: any BootClock) {
        self.root = root
        self.clock = clock
    }

    package func mainKey(for record: MainKeyRecord, of environment: EnvironmentIdentity) throws(MainKeyFailure) -> any MainKey {
        LocalMainKey(record, root: root, clock: clock)
    }
}
