-- A condition over events: which of those that match a subscription it gets. Null: all of them.
ALTER TABLE subscriptions ADD COLUMN filter json;
