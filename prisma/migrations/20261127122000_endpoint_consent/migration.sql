-- What the endpoint has agreed to (the handshake of CloudEvents): sender, address and rate. Null: nothing.
ALTER TABLE endpoints ADD COLUMN consent text;
