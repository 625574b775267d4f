internal import GRDB
internal import KeyHierarchy

/// The store's schema, and how every version of it became the next. A migration that was released is never changed.
enum Migrations {
    /// `EKM1`; SQLite's `application_id`, so that nobody takes another database for a store.
    static let applicationID = 0x454B_4D31
    /// SQLite's `user_version`: the number of the last migration.
    static let version = 4

    static let first = "1 environments and keys"
    static let second = "2 the life of a main key"
    static let third = "3 revisions"
    static let fourth = "4 a retention that follows"

    /// - Parameter authenticator: Makes the codes of what a migration adds; nil for a database that has no rows.
    static func migrator(_ authenticator: RowAuthenticator?) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration(first) { database in
            try database.execute(sql: firstSchema)
            try database.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = 1")
        }
        migrator.registerMigration(second) { database in
            try database.execute(sql: secondSchema)
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        // A crash may have left keys of an environment that is deleted: no check of all foreign keys would pass.
        migrator.registerMigration(third, foreignKeyChecks: .immediate) { database in
            try database.execute(sql: thirdSchema)
            if let authenticator { try fillThird(database, authenticator) }
            try database.execute(sql: "PRAGMA user_version = 3")
        }
        migrator.registerMigration(fourth, foreignKeyChecks: .immediate) { database in
            try database.execute(
                sql: """
                    ALTER TABLE environments ADD COLUMN next_retention_hours INTEGER;
                    ALTER TABLE environments ADD COLUMN next_retention_logs INTEGER;
                    ALTER TABLE environments ADD COLUMN next_retention_at INTEGER;
                    """)
            try database.execute(sql: "PRAGMA user_version = 4")
        }
        return migrator
    }

    private static let firstSchema = """
        CREATE TABLE meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            root_key TEXT NOT NULL CHECK (length(root_key) = 32),
            created_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT;

        CREATE TABLE environments (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            name TEXT NOT NULL UNIQUE CHECK (length(name) <= \(Limits.name)),
            created_at INTEGER NOT NULL,
            main_key BLOB NOT NULL REFERENCES main_keys (id) DEFERRABLE INITIALLY DEFERRED,
            current_version INTEGER NOT NULL,
            replaced_at INTEGER,
            mac BLOB NOT NULL CHECK (length(mac) = 32),
            FOREIGN KEY (id, current_version) REFERENCES environment_keys (environment, version) DEFERRABLE INITIALLY DEFERRED
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX environments_by_main_key ON environments (main_key);

        CREATE TABLE main_keys (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            environment BLOB NOT NULL REFERENCES environments (id) DEFERRABLE INITIALLY DEFERRED,
            role TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (length(kind) <= \(Limits.kind)),
            identifier TEXT NOT NULL CHECK (length(CAST(identifier AS BLOB)) <= \(Limits.identifier)),
            options BLOB NOT NULL CHECK (length(options) <= \(Limits.options)),
            sealed_material BLOB CHECK (length(sealed_material) <= \(Limits.sealedMaterial)),
            created_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX main_keys_by_environment ON main_keys (environment);
        CREATE UNIQUE INDEX one_current_main_key ON main_keys (environment) WHERE role = 'current';

        CREATE TABLE environment_keys (
            environment BLOB NOT NULL REFERENCES environments (id) DEFERRABLE INITIALLY DEFERRED,
            version INTEGER NOT NULL CHECK (version BETWEEN 1 AND 4294967295),
            main_key BLOB NOT NULL REFERENCES main_keys (id),
            generation TEXT CHECK (length(CAST(generation AS BLOB)) <= \(Limits.generation)),
            wrapped BLOB NOT NULL CHECK (length(wrapped) <= \(Limits.wrapped)),
            created_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32),
            PRIMARY KEY (environment, version)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX environment_keys_by_main_key ON environment_keys (main_key);

        CREATE TABLE keys (
            id BLOB PRIMARY KEY CHECK (length(id) = 16),
            environment BLOB NOT NULL REFERENCES environments (id),
            kind INTEGER NOT NULL CHECK (kind IN (2, 3, 4)),
            hour INTEGER,
            state INTEGER,
            connection BLOB CHECK (length(connection) BETWEEN 1 AND \(Limits.connection)),
            version INTEGER,
            created_at INTEGER NOT NULL,
            mac BLOB NOT NULL CHECK (length(mac) = 32),
            CHECK ((kind = 2) = (hour IS NOT NULL)),
            CHECK ((kind = 2) = (state IS NOT NULL)),
            CHECK ((kind = 3) = (connection IS NOT NULL)),
            CHECK ((kind = 2) = (version IS NULL))
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX keys_by_hour ON keys (environment, kind, hour);
        CREATE UNIQUE INDEX one_active_hourly_key ON keys (environment) WHERE kind = 2 AND state = 1;
        CREATE UNIQUE INDEX connection_keys ON keys (environment, connection, version) WHERE kind = 3;
        CREATE UNIQUE INDEX log_keys ON keys (environment, version) WHERE kind = 4;

        CREATE TABLE wraps (
            key BLOB NOT NULL REFERENCES keys (id),
            environment BLOB NOT NULL REFERENCES environments (id),
            version INTEGER,
            main_key BLOB REFERENCES main_keys (id),
            generation TEXT,
            bytes BLOB NOT NULL CHECK (length(bytes) <= \(Limits.wrap)),
            CHECK ((version IS NULL) <> (main_key IS NULL)),
            FOREIGN KEY (environment, version) REFERENCES environment_keys (environment, version)
        ) STRICT;
        CREATE UNIQUE INDEX wraps_by_key ON wraps (key, version);
        CREATE INDEX wraps_by_version ON wraps (environment, version);
        CREATE UNIQUE INDEX wraps_by_main_key ON wraps (main_key, generation, key) WHERE main_key IS NOT NULL;
        """
}
