extension Migrations {
    /// Which keys an erasure takes, fixed when it begins; of those that are under way, now.
    static let thirdSchema = """
        -- Without a code: who can forge a row here can delete the keys themselves.
        CREATE TABLE erasure_keys (
            erasure BLOB NOT NULL CHECK (length(erasure) = 16),
            key BLOB NOT NULL CHECK (length(key) = 16),
            PRIMARY KEY (erasure, key)
        ) STRICT, WITHOUT ROWID;

        INSERT INTO erasure_keys (erasure, key)
            SELECT erasures.id, keys.id FROM erasures JOIN keys ON keys.environment = erasures.environment
            WHERE erasures.subject = 1 AND keys.kind = 2 AND erasures.time >= CASE
                WHEN keys.hour BETWEEN keys.created_at / 3600 AND keys.created_at / 3600 + 1 THEN (keys.hour + 1) * 3600
                ELSE keys.created_at + 3600 END;
        INSERT INTO erasure_keys (erasure, key)
            SELECT erasures.id, keys.id FROM erasures JOIN keys ON keys.environment = erasures.environment
            WHERE erasures.subject = 2 AND keys.kind = 3 AND keys.connection = erasures.connection;
        INSERT INTO erasure_keys (erasure, key)
            SELECT erasures.id, keys.id FROM erasures JOIN keys ON keys.environment = erasures.environment
            WHERE erasures.subject = 3 AND keys.kind = 4 AND EXISTS (
                SELECT 1 FROM keys newer WHERE newer.environment = keys.environment AND newer.kind = 4
                AND newer.version > keys.version AND newer.created_at <= erasures.time);
        """
}
