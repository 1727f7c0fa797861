-- The same tables as on PostgreSQL. There is no full text here: with SQLite the index is in the daemon itself and cannot be away.
CREATE TABLE index_failures (
    content_id BLOB PRIMARY KEY NOT NULL CHECK (length(content_id) = 16),
    version INTEGER NOT NULL,
    reason TEXT NOT NULL,
    failed_at TEXT NOT NULL CHECK (failed_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;

CREATE TABLE index_rebuilds (
    singleton INTEGER PRIMARY KEY NOT NULL CHECK (singleton = 1),
    id BLOB NOT NULL CHECK (length(id) = 16),
    index_id BLOB CHECK (length(index_id) = 16),
    after_id BLOB NOT NULL CHECK (length(after_id) = 16),
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    started_at TEXT NOT NULL CHECK (started_at GLOB '????-??-??T??:??:??.??????Z'),
    finished_at TEXT CHECK (finished_at GLOB '????-??-??T??:??:??.??????Z')
) STRICT;
