-- The last migration that a program must know to work on this store. A migration that only adds leaves it alone; one that takes away
-- what an older program uses raises it, to the migration after which no program uses that any more.
CREATE TABLE schema_compatibility (
    singleton SMALLINT PRIMARY KEY CHECK (singleton = 1),
    least_known BIGINT NOT NULL
);

INSERT INTO schema_compatibility (singleton, least_known) VALUES (1, 10);
