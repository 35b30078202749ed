-- An endpoint is its integration and its URL as WHATWG normalises it, which SQL cannot do. Endpoints of earlier versions have the URL
-- as it was written: the migration runner and the workers normalise them, and merge those that are one address
-- (store/configuration/merge-endpoints.ts). Processes of earlier versions go on adding such endpoints until they are stopped.
ALTER TABLE endpoints ADD COLUMN normalised boolean NOT NULL DEFAULT false;
-- those that are not, and no others
CREATE INDEX endpoints_written_idx ON endpoints (integration_id) WHERE NOT normalised;
