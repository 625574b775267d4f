internal import GRDB
internal import KeyHierarchy

extension Migrations {
    /// Revisions and their feed, doubts of the clock, locks, generations, keys that are never changed, and what an erasure takes.
    ///
    /// Rows that are there keep every column, so that their codes hold: what is added to them is NULL.
    static let thirdSchema = """
        ALTER TABLE meta ADD COLUMN used_at INTEGER;
        ALTER TABLE environments ADD COLUMN revision INTEGER CHECK (revision >= 1);
        ALTER TABLE environments ADD COLUMN replaced_doubt INTEGER;
        ALTER TABLE environments ADD COLUMN replaced_early INTEGER CHECK (replaced_early = 1);
        ALTER TABLE environments ADD COLUMN locks BLOB CHECK (length(locks) <= \(Limits.locks));
        ALTER TABLE environments ADD COLUMN newest_lock INTEGER;

        ALTER TABLE clock ADD COLUMN anchor_boot_time INTEGER;
        ALTER TABLE clock ADD COLUMN anchor_wall_time INTEGER CHECK ((anchor_wall_time IS NULL) = (anchor_boot_time IS NULL));
        ALTER TABLE clock ADD COLUMN is_bound INTEGER CHECK (is_bound = 1);

        ALTER TABLE main_keys ADD COLUMN doubt INTEGER;
        ALTER TABLE main_keys ADD COLUMN without_old INTEGER CHECK (without_old = 1);

        -- Made anew for the sake of a constraint: an hourly key has no state any more. Nor a foreign key: the keys of a deleted
        -- environment go after it, by and by.
        CREATE TABLE new_keys (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            environment BLOB NOT NULL CHECK (length(environment) = 16),
            kind INTEGER NOT NULL CHECK (kind IN (2, 3, 4)),
            hour INTEGER,
            state INTEGER,
            connection BLOB CHECK (length(connection) BETWEEN 1 AND \(Limits.connection)),
            version INTEGER,
            created_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32),
            born INTEGER CHECK (born BETWEEN 1 AND 4294967295),
            floor INTEGER CHECK (floor BETWEEN 1 AND 4294967295),
            doubt INTEGER CHECK (doubt >= 1),
            CHECK ((kind = 2) = (hour IS NOT NULL)),
            CHECK ((kind = 3) = (connection IS NOT NULL)),
            CHECK ((kind = 2) = (version IS NULL))
        ) STRICT, WITHOUT ROWID;
        INSERT INTO new_keys (id, environment, kind, hour, state, connection, version, created_at, mac, born)
            SELECT id, environment, kind, hour, state, connection, version, created_at, mac, born FROM keys ORDER BY id;
        DROP TABLE keys;
        ALTER TABLE new_keys RENAME TO keys;
        CREATE INDEX keys_by_id ON keys (environment, id, kind);
        CREATE INDEX keys_by_hour ON keys (environment, kind, hour);
        CREATE UNIQUE INDEX hourly_keys ON keys (environment, hour, floor, COALESCE(doubt, 0)) WHERE kind = 2 AND state IS NULL;
        CREATE UNIQUE INDEX connection_keys ON keys (environment, connection, version) WHERE kind = 3;
        CREATE UNIQUE INDEX log_keys ON keys (environment, version) WHERE kind = 4;

        CREATE TABLE doubts (
            number INTEGER PRIMARY KEY CHECK (number >= 1),
            ended_at INTEGER,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT;

        CREATE TABLE generations (
            environment BLOB NOT NULL CHECK (length(environment) = 16),
            main_key BLOB NOT NULL CHECK (length(main_key) = 16),
            generation TEXT NOT NULL CHECK (length(CAST(generation AS BLOB)) <= \(Limits.generation)),
            mac BLOB NOT NULL CHECK (length(mac) = 32),
            PRIMARY KEY (environment, main_key, generation)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE feed (
            environment BLOB PRIMARY KEY CHECK (length(environment) = 16),
            number INTEGER NOT NULL UNIQUE CHECK (number >= 1),
            revision INTEGER CHECK (revision >= 1),
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX feed_of_deleted ON feed (number) WHERE revision IS NULL;

        CREATE TABLE feed_horizon (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT;

        -- Without a code: who can take a row away here can put the key back as well, and its tombstone is what holds.
        CREATE TABLE erasure_keys (
            environment BLOB NOT NULL CHECK (length(environment) = 16),
            erasure BLOB NOT NULL CHECK (length(erasure) = 16),
            key BLOB NOT NULL CHECK (length(key) = 16),
            PRIMARY KEY (environment, erasure, key)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX erasure_keys_by_key ON erasure_keys (environment, key);

        -- One row from the first deletion until a purge has looked through the file. Without a code: it can only cause a look.
        CREATE TABLE unpurged (
            id INTEGER PRIMARY KEY CHECK (id = 1)
        ) STRICT;
        """

    /// Gives what there is its place in the new tables. A row that does not verify is not vouched for.
    static func fillThird(_ database: Database, _ authenticator: RowAuthenticator) throws {
        let environments = AuthenticatedTable<EnvironmentRow>(authenticator: authenticator)
        let feed = AuthenticatedTable<FeedRow>(authenticator: authenticator)
        var number: UInt64 = 0
        for reading in try environments.readings(database) {
            guard let id: EnvironmentID = try? reading.columns.identifier("id") else { continue }
            number += 1
            try feed.insert(FeedRow(FeedEntry(number: number, environment: id, revision: .first)), database)
        }
        let versions = AuthenticatedTable<EnvironmentKeyRow>(authenticator: authenticator)
        let generations = AuthenticatedTable<GenerationRow>(authenticator: authenticator)
        let adopted = try versions.readings(database).compactMap { reading in
            reading.damage == nil ? reading.row.flatMap { GenerationRow($0.record, of: $0.environment) } : nil
        }
        for row in Set(adopted) { try generations.insert(row, database) }
        let erasures = AuthenticatedTable<ErasureRow>(authenticator: authenticator)
        for reading in try erasures.readings(database) where reading.damage == nil {
            if let row = reading.row { try row.record.take(database) }
        }
    }
}
