-- retryDelaysMs is the waits before each retry: the stored schedule without its first entry, which was the wait before the first
-- attempt. scheduleMs stays beside it for processes of earlier versions; a later migration removes it.
UPDATE integrations
SET policy = (policy::jsonb || jsonb_build_object('retryDelaysMs', (policy::jsonb -> 'scheduleMs') - 0))::json
WHERE policy::jsonb ? 'scheduleMs' AND NOT policy::jsonb ? 'retryDelaysMs';
