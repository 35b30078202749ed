-- Where a receiver is told that its subscription was deleted: of a subscription, and of the delivery that tells it. A delivery with
-- one has no event.
ALTER TABLE subscriptions ADD COLUMN unsubscribe_url text;
ALTER TABLE deliveries ADD COLUMN unsubscribe_url text;

UPDATE subscriptions s SET unsubscribe_url = s.options->>'subscriptionUrl'
FROM integrations i
WHERE i.id = s.integration_id AND i.dialect = 'passcreator' AND s.deleted_at IS NULL AND s.options->>'subscriptionUrl' IS NOT NULL;
