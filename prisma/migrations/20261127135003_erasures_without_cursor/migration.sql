-- Never used: a search that a crash interrupts begins again.
ALTER TABLE erasures DROP COLUMN cursor;
