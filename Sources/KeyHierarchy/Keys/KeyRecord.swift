/// A stored key: what it is for, and its wraps.
package struct KeyRecord: Sendable {
    package enum Purpose: Hashable, Sendable {
        /// Encrypts in its hour; decrypts until it is erased.
        case hourly(Hour)
        case connection(ConnectionID, version: UInt32)
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
    package var createdAt: Stamp
    /// The environment key that was current when this key was made. After a replacement, older keys encrypt nothing more.
    package var born: EnvironmentKeyVersion
    /// The environment's key floor when this key was made: a replacement that came between leaves no key behind that still encrypts.
    package var floor: EnvironmentKeyVersion
    package var wraps: [Wrap]
    /// Whether an erasure that is open takes it: then it encrypts nothing more. Told by ``KeyStore/connectionKey(_:of:)``.
    package var isDoomed = false

    package init(
        id: KeyID, environment: EnvironmentID, purpose: Purpose, createdAt: Stamp, born: EnvironmentKeyVersion = .first,
        floor: EnvironmentKeyVersion = .first, wraps: [Wrap]
    ) {
        self.id = id
        self.environment = environment
        self.purpose = purpose
        self.createdAt = createdAt
        self.born = born
        self.floor = floor
        self.wraps = wraps
    }

    /// Whether an hourly key is for the hour of its making, or the next: any other was read from a clock that was wrong.
    package var isOfItsHour: Bool {
        guard case .hourly(let hour) = purpose else { return true }
        let made = createdAt.time.hour
        return hour.number == made.number || hour.number == made.number &+ 1
    }
}
