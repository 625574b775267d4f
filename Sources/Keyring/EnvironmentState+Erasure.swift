extension EnvironmentState {
    /// Takes erased keys, and the data keys under them, out of memory for the caller to wipe; a copy of one that is still being
    /// fetched is not kept when it comes.
    mutating func take(erased ids: Set<KeyID>) -> [CachedKey] {
        erased.formUnion(ids)
        var taken = ids.compactMap { keys.removeValue(forKey: $0) }
        taken += dataKeys.values.filter { ids.contains($0.id) }
        taken += openedDataKeys.values.filter { ids.contains($0.id) }
        dataKeys = dataKeys.filter { !ids.contains($0.value.id) }
        openedDataKeys = openedDataKeys.filter { !ids.contains($0.value.id) }
        connections = connections.filter { !ids.contains($0.value.id) }
        if let key = activeHourly, ids.contains(key.id) { activeHourly = nil }
        if let key = upcomingHourly, ids.contains(key.id) { upcomingHourly = nil }
        if let key = log, ids.contains(key.id) { log = nil }
        return taken
    }
}
