DROP TABLE liveness_batches;
DROP TABLE liveness_replicas;
