internal import KeyHierarchy

/// What a cold request waits for; requests with the same need share one flight.
enum Need: Hashable, Sendable {
    case proof(EnvironmentKeyVersion)
    case hourly(Hour)
    case connection(ConnectionID)
    case log
    case key(KeyID)
}

/// One answer under way, shared by all that need it.
enum Flight: Sendable {
    case environmentKey(Task<Result<EnvironmentKey, HierarchyError>, Never>)
    case key(Task<Result<CachedKey, HierarchyError>, Never>)
}
