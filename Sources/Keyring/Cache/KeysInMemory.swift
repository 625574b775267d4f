/// How many plaintext keys of an environment are in memory at one moment.
package struct KeysInMemory: Hashable, Sendable {
    package var environmentKeys: Int
    /// Hourly, connection and log keys, and the data keys of jobs.
    package var keys: Int
}

extension LiveEnvironment {
    package var keysInMemory: KeysInMemory {
        withState { state in
            KeysInMemory(
                environmentKeys: state.cache.environmentKeys.count,
                keys: state.cache.keys.count + state.cache.dataKeys.count + state.cache.openedDataKeys.count)
        }
    }
}
