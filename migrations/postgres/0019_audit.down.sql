DROP TABLE audit_seals;
DROP TABLE audit;
DROP FUNCTION audit_is_sealed();
