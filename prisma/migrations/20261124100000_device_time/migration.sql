-- The state of an installation follows the device's own time, not the order of arrival: its newest install and newest removal, as
-- they were sent. Null in rows of earlier versions, whose processes go on changing active, registered_at and unregistered_at alone;
-- the code reads both forms (domain/installations.ts), so nothing is filled in here.
ALTER TABLE installations
  ADD COLUMN installed_at text,
  ADD COLUMN removed_at text,
  ADD COLUMN platform text,
  ADD COLUMN os text;

-- JSON: what was known of the pass's device when an event without one was accepted. Not among the facts, which are the producer's.
ALTER TABLE events ADD COLUMN known_device text;
ALTER TABLE dead_letters ADD COLUMN known_device text;
