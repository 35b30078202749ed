-- Since when an endpoint fails without a success in between; null while it answers.
ALTER TABLE endpoints ADD COLUMN failing_since timestamptz(3);
-- those that fail, and no others: what the periodic look at them reads
CREATE INDEX endpoints_failing_since_idx ON endpoints (failing_since) WHERE failing_since IS NOT NULL;

-- Operational events are about no template.
ALTER TABLE events ALTER COLUMN template_id DROP NOT NULL;
