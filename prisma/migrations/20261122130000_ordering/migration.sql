-- Ordered subscriptions deliver one pass's events one after another, in the order accepted.
ALTER TABLE subscriptions ADD COLUMN ordering text NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'pass'));

-- Its place among the open deliveries of its subscription and pass; null: it waits for no other and no other for it.
ALTER TABLE deliveries ADD COLUMN sequence integer;
-- who is first of a pass
CREATE INDEX deliveries_order_idx ON deliveries (subscription_id, pass_id, sequence)
  WHERE sequence IS NOT NULL AND state IN ('pending', 'delivering', 'retrying', 'blocked', 'parked', 'held');

-- The passes that have an open delivery with a sequence, and the last sequence given. Whoever opens or ends such a delivery
-- locks the row first; whoever ends the last one deletes it. So sequence 1 is the one that has nobody before it.
CREATE TABLE pass_orders (
  subscription_id uuid NOT NULL,
  pass_id text NOT NULL,
  last_sequence integer NOT NULL,
  PRIMARY KEY (subscription_id, pass_id)
);
