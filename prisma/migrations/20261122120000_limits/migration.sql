-- What each endpoint of an integration may be given: requests in flight, requests a second.
ALTER TABLE integrations ADD COLUMN limits json NOT NULL DEFAULT '{}';
