/// What an erasure's receipt says. Its document is canonical JSON (RFC 8785); the format is described in the article about erasure.
///
/// The members are those of the document: ids in hex, times in ISO 8601 (UTC), the public key in base64.
package struct Receipt: Hashable, Sendable, Decodable {
    package struct Environment: Hashable, Sendable, Decodable {
        package var id: String
        package var name: String
    }

    package struct Subject: Hashable, Sendable, Decodable {
        /// `hours`, `connection` or `logs`.
        package var kind: String
        /// Of hours and logs.
        package var before: String?
        package var connection: String?
    }

    package struct Key: Hashable, Sendable, Decodable {
        package var id: String
        /// `hourly`, `connection` or `log`.
        package var kind: String
        /// When the hour of an hourly key began.
        package var hour: String?
    }

    package struct Keys: Hashable, Sendable, Decodable {
        package var hourly: Int
        package var connection: Int
        package var log: Int
        package var firstHour: String?
        package var lastHour: String?
        /// SHA-256, in hex, over the ids of all keys: sorted, each in hex with a line feed behind it.
        package var digest: String
        /// Sorted by id; at most ``Receipt/mostListed``.
        package var listed: [Key]

        package var count: Int { hourly + connection + log }
    }

    package static let type = "ekmd erasure receipt"
    package static let version = 1
    /// How many keys a document lists one by one: so many that its base64 fits into a frame of the wire.
    package static let mostListed = 5_000

    package var type: String
    package var version: Int
    package var receipt: String
    package var publicKey: String
    package var environment: Environment
    package var subject: Subject
    /// `command` or `retention`.
    package var cause: String
    /// `believed`, or `in doubt`: then the times in here may be wrong.
    package var clock: String
    package var startedAt: String
    package var finishedAt: String
    package var keys: Keys
    /// What was done to the store, in whole sentences.
    package var purged: String
    /// What the erasure could not reach, in whole sentences.
    package var doesNotCover: [String]

    /// The document, byte for byte as it is signed.
    package var document: [UInt8] {
        CanonicalJSON.object([
            "type": .string(type), "version": .integer(version), "receipt": .string(receipt), "publicKey": .string(publicKey),
            "environment": .object(["id": .string(environment.id), "name": .string(environment.name)]),
            "subject": .object([
                "kind": .string(subject.kind), "before": subject.before.map { .string($0) },
                "connection": subject.connection.map { .string($0) },
            ]),
            "cause": .string(cause), "clock": .string(clock), "startedAt": .string(startedAt), "finishedAt": .string(finishedAt),
            "keys": .object([
                "hourly": .integer(keys.hourly), "connection": .integer(keys.connection), "log": .integer(keys.log),
                "firstHour": keys.firstHour.map { .string($0) }, "lastHour": keys.lastHour.map { .string($0) },
                "digest": .string(keys.digest),
                "listed": .array(
                    keys.listed.map { key in
                        .object(["id": .string(key.id), "kind": .string(key.kind), "hour": key.hour.map { .string($0) }])
                    }),
            ]),
            "purged": .string(purged), "doesNotCover": .array(doesNotCover.map { .string($0) }),
        ]).text
    }
}
