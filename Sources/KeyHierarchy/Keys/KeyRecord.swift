/// A stored key: what it is for, and its wraps.
package struct KeyRecord: Sendable {
    package enum Purpose: Hashable, Sendable {
        case hourly(HourlyKey)
        /// `connection` is the platform's id of the connection, 1 to 512 bytes of UTF-8.
        case connection(String, version: UInt32)
        case log(version: UInt32)

        package var kind: KeyKind {
            switch self {
            case .hourly: .hourly
            case .connection: .connection
            case .log: .log
            }
        }
    }

    package var id: KeyID
    package var environment: EnvironmentID
    package var purpose: Purpose
    package var createdAt: WallTime
    /// The environment key that was current when this key was made. After a replacement, older keys encrypt nothing more.
    package var born: EnvironmentKeyVersion
    package var wraps: [Wrap]

    package init(
        id: KeyID, environment: EnvironmentID, purpose: Purpose, createdAt: WallTime, born: EnvironmentKeyVersion = .first, wraps: [Wrap]
    ) {
        self.id = id
        self.environment = environment
        self.purpose = purpose
        self.createdAt = createdAt
        self.born = born
        self.wraps = wraps
    }
}
