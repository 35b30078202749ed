-- What becomes of deliveries while a subscription is disabled by request, and of the subscription when its endpoint answers 410.
-- Processes of earlier versions hold and disable, as the defaults do.
ALTER TABLE subscriptions
  ADD COLUMN while_disabled text NOT NULL DEFAULT 'hold',
  ADD COLUMN on_gone text NOT NULL DEFAULT 'disable',
  ADD COLUMN disabled_by text;
