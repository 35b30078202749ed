-- The worker processes that are alive: each renews beat_at every second. answered_since: since when this database has answered
-- beats without a gap, whichever worker sent them; silence counts against a worker only while it could have been heard.
CREATE TABLE workers (
  id uuid PRIMARY KEY,
  beat_at timestamptz(3) NOT NULL,
  answered_since timestamptz(3) NOT NULL,
  draining boolean NOT NULL
);

-- The worker that made the claim, so that the claims of a dead one can be released before their leases run out. Null while a
-- delivery is not claimed, and in claims of earlier versions.
ALTER TABLE deliveries ADD COLUMN worker_id uuid;
