import pg from 'pg';

const CHUNK = 10_000;
const LANES = 2;

/**
 * Stores `count` ended deliveries with their events, keys and attempts, as copies of existing ones, with ids of their
 * own from this week so far, so that they lie where the next ones go, or from a whole earlier week. By jsonb_populate_record, to
 * hold for any columns.
 */
export async function prefill(databaseUrl: string, count: number, weeksAgo = 0): Promise<void> {
  const clients = Array.from({ length: LANES }, () => new pg.Client({ connectionString: databaseUrl }));
  try {
    await Promise.all(clients.map((client) => client.connect()));
    let filled = 0;
    const fill = async (sql: pg.Client): Promise<void> => {
      for (const setUp of ['SET synchronous_commit = off', UUID_AT, SAMPLES]) await sql.query(setUp);
      for (let from = filled; from < count; from = filled) {
        filled = Math.min(count, from + CHUNK);
        await sql.query(INSERT, [from, filled - 1, count, weeksAgo]);
      }
    };
    await Promise.all(clients.map(fill));
    await clients[0]?.query('VACUUM (ANALYZE)');
    await clients[0]?.query('CHECKPOINT');
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

/** Makes one in so many of the stored deliveries dead, each with its dead letter. */
export async function letDie(sql: pg.Client, every: number): Promise<void> {
  await sql.query(`
    UPDATE deliveries SET state = 'dead', last_status = 503
    WHERE pass_id ~ '^stored-' AND split_part(pass_id, '-', 3)::int % ${every} = 0`);
  await sql.query(LETTERS);
  await sql.query('VACUUM (ANALYZE)');
}

/** A UUIDv7 of an instant, its random part made from a name. */
const UUID_AT = `
  CREATE FUNCTION pg_temp.uuid_at(at timestamptz, name text) RETURNS uuid LANGUAGE sql AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(name), 1, 3)
      || '8' || substr(md5(name), 4, 15))::uuid
  $$`;

const SAMPLES = `
  CREATE TEMP TABLE samples AS
  SELECT row_number() OVER () - 1 AS number, to_jsonb(d) AS delivery, to_jsonb(e) AS event, to_jsonb(a) AS attempt, to_jsonb(k) AS key
  FROM deliveries d JOIN events e ON e.id = d.event_id JOIN attempts a ON a.delivery_id = d.id
    JOIN event_keys k ON k.event_id = e.id
  WHERE e.producer_id NOT LIKE 'stored-%'`;

/** $1 to $2: the numbers to make; $3: how many they will be in all; $4: of how many weeks ago. */
const INSERT = `
  WITH made AS MATERIALIZED (
    SELECT s.*, at, $4::int || '-' || n AS n, pg_temp.uuid_at(at, 'event ' || n) AS event_id, pg_temp.uuid_at(at, 'delivery ' || n) AS delivery_id
    FROM generate_series($1::int, $2::int) AS n
    CROSS JOIN LATERAL (SELECT date_trunc('week', now()) - $4::int * interval '7 days' + n::float8 / $3
      * CASE $4::int WHEN 0 THEN now() - date_trunc('week', now()) ELSE interval '7 days' END AS at) AS instant
    JOIN samples s ON s.number = n % (SELECT count(*) FROM samples)
  ), made_events AS (
    INSERT INTO events SELECT r.* FROM made, jsonb_populate_record(NULL::events, event
      || jsonb_build_object('id', event_id, 'pass_id', 'stored-' || n, 'producer_id', 'stored-' || n,
        'user_provided_id', 'stored-' || n, 'tracking_id', 'stored-' || n, 'accepted_at', at)) AS r
  ), made_keys AS (
    INSERT INTO event_keys SELECT r.* FROM made, jsonb_populate_record(NULL::event_keys, key
      || jsonb_build_object('event_id', event_id, 'producer_id', 'stored-' || n)) AS r
  ), made_attempts AS (
    INSERT INTO attempts SELECT r.* FROM made, jsonb_populate_record(NULL::attempts, attempt
      || jsonb_build_object('delivery_id', delivery_id, 'started_at', at)) AS r
  )
  INSERT INTO deliveries SELECT r.* FROM made, jsonb_populate_record(NULL::deliveries, delivery
    || jsonb_build_object('id', delivery_id, 'event_id', event_id, 'message_id', delivery_id, 'pass_id', 'stored-' || n,
      'created_at', at, 'ended_at', at)) AS r`;

/** A dead letter for each dead delivery. */
const LETTERS = `
  INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id, trigger, pass_id, message_id, reason,
    last_attempt, last_status, created_at)
  SELECT id, tenant_id, id, subscription_id, endpoint_id, event_id, template_id, trigger, pass_id, message_id, 'gave up',
    json_build_object('number', 1, 'startedAt', created_at, 'verdict', 'permanent', 'outcome',
      '{"kind":"response","status":503,"headers":{},"body":{"text":"","truncated":false},"timings":{"totalMs":1}}'::json),
    503, created_at
  FROM deliveries WHERE state = 'dead'`;
