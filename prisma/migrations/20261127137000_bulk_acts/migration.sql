-- Events that were made for a test send: a backfill leaves them out.
ALTER TABLE events ADD COLUMN test boolean NOT NULL DEFAULT false;
-- When the endpoint last began to fail, kept after it has recovered: from when on to send again.
ALTER TABLE endpoints ADD COLUMN last_failed_since timestamptz(3);
UPDATE endpoints SET last_failed_since = failing_since WHERE failing_since IS NOT NULL;
-- Why a person discarded a dead letter.
ALTER TABLE dead_letters ADD COLUMN closed_reason text;
