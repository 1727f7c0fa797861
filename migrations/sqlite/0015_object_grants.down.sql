DROP TABLE object_grants;
