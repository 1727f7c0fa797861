-- What the index refused to hold: it goes when the content changes or the index is made anew.
CREATE TABLE index_failures (
    content_id UUID PRIMARY KEY,
    version BIGINT NOT NULL,
    reason TEXT NOT NULL,
    failed_at TIMESTAMPTZ NOT NULL
);

-- An index that is being made beside the one that is searched: how far, and when it was done. One row at most.
CREATE TABLE index_rebuilds (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    id UUID NOT NULL,
    -- Nothing until somebody has begun.
    index_id UUID,
    -- The last content that it has.
    after_id UUID NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ
);

-- For searches while the index is away. Titles weigh most, descriptions least.
CREATE FUNCTION content_words(title TEXT, tags TEXT[], description TEXT) RETURNS TSVECTOR
    LANGUAGE SQL IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('pg_catalog.english', title), 'A')
        || setweight(to_tsvector('pg_catalog.english', array_to_string(tags, ' ')), 'B')
        || setweight(to_tsvector('pg_catalog.english', description), 'D')
$$;

CREATE INDEX content_search ON content USING GIN (content_words(title::TEXT, tags::TEXT[], description))
    WHERE deleted_at IS NULL;
