DROP TABLE index_rebuilds;
DROP TABLE index_failures;
