/// One line of `grants`: who may do what on which environments.
struct Grant: Equatable, Sendable {
    var subject: Subject
    var environments: [EnvironmentPattern]
    var allow: Set<Operation>

    /// A local user or group, with its number where this machine knows the name.
    enum Subject: Hashable, Sendable {
        case user(name: String, id: UInt32?)
        case group(name: String, id: UInt32?)
    }

    /// A kind of operation, named as the configuration and refusals name it.
    enum Operation: String, CaseIterable, Sendable {
        case encrypt, decrypt
        case dataKey = "data-key"
        case admin, status
    }
}
