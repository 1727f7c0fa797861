DROP INDEX content_search;
DROP FUNCTION content_words(TEXT, TEXT[], TEXT);
DROP TABLE index_rebuilds;
DROP TABLE index_failures;
