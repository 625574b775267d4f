extension Migrations {
    /// Rotation, replacement and repack; lock, retention and erasure; the clock.
    ///
    /// A column that is added is NULL in the rows there are, and so not in their codes.
    static let secondSchema = """
        ALTER TABLE environments ADD COLUMN key_floor INTEGER;
        ALTER TABLE environments ADD COLUMN newest_version INTEGER;
        ALTER TABLE environments ADD COLUMN pending_main_key BLOB CHECK (length(pending_main_key) = 16);
        ALTER TABLE environments ADD COLUMN repack_target INTEGER;
        ALTER TABLE environments ADD COLUMN locked_at INTEGER;
        ALTER TABLE environments ADD COLUMN lock_reason TEXT CHECK (length(CAST(lock_reason AS BLOB)) <= \(Limits.reason));
        ALTER TABLE environments ADD COLUMN retention_hours INTEGER;
        ALTER TABLE environments ADD COLUMN retention_logs INTEGER;

        CREATE UNIQUE INDEX one_pending_main_key ON main_keys (environment) WHERE role = 'pending';

        ALTER TABLE environment_keys ADD COLUMN wrapped_at INTEGER;
        ALTER TABLE environment_keys ADD COLUMN retired INTEGER CHECK (retired = 1);

        ALTER TABLE keys ADD COLUMN born INTEGER CHECK (born BETWEEN 1 AND 4294967295);
        CREATE UNIQUE INDEX upcoming_hourly_keys ON keys (environment, hour) WHERE kind = 2 AND state = 3;
        CREATE INDEX keys_by_id ON keys (environment, id, kind);

        ALTER TABLE wraps RENAME TO first_wraps;
        -- In this order a repack reads, adds and sweeps from one end to the other. There are no foreign keys: each would
        -- cost a million look-ups, and the statements themselves name keys and versions that are there.
        CREATE TABLE wraps (
            environment BLOB NOT NULL CHECK (length(environment) = 16),
            version INTEGER NOT NULL CHECK (version BETWEEN 0 AND 4294967295),
            key BLOB NOT NULL CHECK (length(key) = 16),
            main_key BLOB NOT NULL DEFAULT X'',
            generation TEXT NOT NULL DEFAULT '',
            bytes BLOB NOT NULL CHECK (length(bytes) <= \(Limits.wrap)),
            CHECK ((version = 0) = (length(main_key) = 16)),
            PRIMARY KEY (environment, version, key, main_key, generation)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO wraps (environment, version, key, main_key, generation, bytes)
            SELECT environment, COALESCE(version, 0), key, COALESCE(main_key, X''), COALESCE(generation, ''), bytes
            FROM first_wraps ORDER BY environment, version, key;
        DROP TABLE first_wraps;

        CREATE TABLE repacks (
            environment BLOB PRIMARY KEY REFERENCES environments (id),
            target INTEGER NOT NULL,
            previous INTEGER NOT NULL,
            cause INTEGER NOT NULL,
            state INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            cursor BLOB CHECK (length(cursor) = 16),
            moved INTEGER NOT NULL,
            total INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE erasures (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            environment BLOB NOT NULL REFERENCES environments (id),
            subject INTEGER NOT NULL,
            time INTEGER,
            connection BLOB CHECK (length(connection) <= \(Limits.connection)),
            cause INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX erasures_by_environment ON erasures (environment);

        CREATE TABLE tombstones (
            key BLOB PRIMARY KEY CHECK (length(key) = 16),
            environment BLOB NOT NULL REFERENCES environments (id),
            kind INTEGER NOT NULL,
            hour INTEGER,
            erasure BLOB NOT NULL CHECK (length(erasure) = 16),
            erased_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX tombstones_by_environment ON tombstones (environment);
        CREATE INDEX tombstones_by_erasure ON tombstones (erasure, key);

        CREATE TABLE receipts (
            number INTEGER PRIMARY KEY,
            erasure BLOB NOT NULL UNIQUE CHECK (length(erasure) = 16),
            environment BLOB NOT NULL CHECK (length(environment) = 16),
            document BLOB NOT NULL CHECK (length(document) <= \(Limits.document)),
            signature BLOB NOT NULL CHECK (length(signature) = \(Limits.signature)),
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT;
        CREATE INDEX receipts_by_environment ON receipts (environment);

        CREATE TABLE clock (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            boot TEXT NOT NULL CHECK (length(boot) <= \(Limits.boot)),
            boot_time INTEGER NOT NULL,
            wall_time INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT;

        -- Environments that are deleted, and whose keys are still to go. Without a code: who can forge a row here can
        -- delete the keys themselves.
        CREATE TABLE deletions (
            environment BLOB PRIMARY KEY CHECK (length(environment) = 16)
        ) STRICT, WITHOUT ROWID;
        """
}
