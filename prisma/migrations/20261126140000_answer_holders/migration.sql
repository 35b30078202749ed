-- Fences an Idempotency-Key: a request that was so slow that another one took its key over can no longer store its answer. Null in
-- rows of processes of earlier versions.
ALTER TABLE kept_answers ADD COLUMN holder uuid;
