-- When a retry that a person brought forward was planned: if it fails, that time stands. Null: none was.
ALTER TABLE deliveries ADD COLUMN planned_at timestamptz(3);
