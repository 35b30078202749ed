import type { Database } from '../../../src/store/database.ts';

/** Deliveries of each of the two tenants. */
export const STORED = 30_000;
const ENDPOINTS = 10;
const TEMPLATES = 5;
/** Every so many are dead, with a dead letter. */
const DEAD_EVERY = 100;

const uuidOf = (letter: string, n: number): string => `${letter.repeat(8)}-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** What the rows name, by tenant 1 or 2. */
export const NAMED = {
  tenant: (tenant: 1 | 2) => uuidOf('a', tenant),
  integration: (tenant: 1 | 2) => uuidOf('b', tenant),
  template: (tenant: 1 | 2, n: number) => uuidOf('c', tenant * 1000 + n),
  endpoint: (tenant: 1 | 2, n: number) => uuidOf('d', tenant * 1000 + n),
  subscription: (tenant: 1 | 2, n: number) => uuidOf('e', tenant * 1000 + n),
};

/**
 * Stores two tenants whose deliveries of the last three weeks lie between each other: half of the deliveries of each go to its first
 * endpoint, one in a hundred is dead, every pass has ten events, only the first tenant has tests. Nothing was sent to the last
 * subscription, the only one to its trigger. Analysed, so that plans are those of an installation that works.
 */
export async function storeToBeFound(db: Database, now = new Date()): Promise<void> {
  await db.$executeRawUnsafe(UUID_AT);
  for (const tenant of [1, 2] as const) {
    const id = NAMED.tenant(tenant);
    await db.$executeRawUnsafe(`INSERT INTO tenants (id, name) VALUES ('${id}', 'tenant ${tenant}')`);
    await db.$executeRawUnsafe(`
      INSERT INTO integrations (id, tenant_id, name, dialect, options, policy)
      VALUES ('${NAMED.integration(tenant)}', '${id}', 'CRM', 'standard', '{}', '{}')`);
    for (let n = 0; n < TEMPLATES; n++) {
      await db.$executeRawUnsafe(`
        INSERT INTO templates (id, tenant_id, external_id, name, pass_type, fields, personalised, vendor)
        VALUES ('${NAMED.template(tenant, n)}', '${id}', 'template-${n}', 'Template ${n}', 'generic', '[]', '[]', '{}')`);
    }
    for (let n = 0; n <= ENDPOINTS; n++) {
      await db.$executeRawUnsafe(`
        INSERT INTO endpoints (id, tenant_id, integration_id, url)
        VALUES ('${NAMED.endpoint(tenant, n)}', '${id}', '${NAMED.integration(tenant)}', 'https://host-${n}.example/hook')`);
      await db.$executeRawUnsafe(`
        INSERT INTO subscriptions (id, tenant_id, integration_id, endpoint_id, trigger, url, mapping, options)
        VALUES ('${NAMED.subscription(tenant, n)}', '${id}', '${NAMED.integration(tenant)}', '${NAMED.endpoint(tenant, n)}',
          '${n < ENDPOINTS ? 'pass.updated' : 'pass.created'}', 'https://host-${n}.example/hook', '{}', '{}')`);
    }
  }
  for (const statement of rows(now)) await db.$executeRawUnsafe(statement);
  for (const table of ['events', 'deliveries', 'attempts', 'dead_letters', 'event_keys']) {
    await db.$executeRawUnsafe(`ANALYZE ${table}`);
  }
}

/** A UUIDv7 of an instant, its random part made from a name. */
const UUID_AT = `
  CREATE FUNCTION uuid_at(at timestamptz, name text) RETURNS uuid LANGUAGE sql AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(name), 1, 3)
      || '8' || substr(md5(name), 4, 15))::uuid
  $$`;

/** In the order of time, as they would have come. */
function rows(now: Date): readonly string[] {
  const series = `(
    SELECT n, t, at, uuid_at(at, t || ' event ' || n) AS event_id, uuid_at(at, t || ' delivery ' || n) AS delivery_id,
      ('aaaaaaaa-0000-7000-8000-' || lpad(t::text, 12, '0'))::uuid AS tenant_id,
      n % ${DEAD_EVERY} = 0 AS is_dead, CASE WHEN n % 2 = 0 THEN 0 ELSE n % ${ENDPOINTS} END AS place, n % ${TEMPLATES} AS kind
    FROM (
      SELECT n, t, timestamptz '${now.toISOString()}' - interval '20 days' + n * interval '20 days' / ${STORED} AS at
      FROM generate_series(1, ${STORED}) AS n, generate_series(1, 2) AS t
    ) s ORDER BY n, t
  ) AS s`;
  const id = (letter: string, number: string): string =>
    `('${letter.repeat(8)}-0000-7000-8000-' || lpad((t * 1000 + ${number})::text, 12, '0'))::uuid`;
  return [
    `INSERT INTO events (id, tenant_id, template_id, type, pass_id, producer_id, facts, user_provided_id, tracking_id, accepted_at)
     SELECT event_id, tenant_id, ${id('c', 'kind')}, 'pass.updated', 'pass-' || n / 10, 'order-' || n, '{}', 'customer-' || n / 10,
       'request-' || n, at
     FROM ${series}`,
    `INSERT INTO event_keys (tenant_id, producer_id, event_id, body_hash, expires_at)
     SELECT tenant_id, 'order-' || n, event_id, '', now() FROM ${series}`,
    `INSERT INTO deliveries (id, tenant_id, event_id, template_id, subscription_id, endpoint_id, trigger, pass_id, state, attempts, message_id,
       last_status, last_failure, last_attempt_at, created_at, ended_at, test)
     SELECT delivery_id, tenant_id, event_id, ${id('c', 'kind')}, ${id('e', 'place')}, ${id('d', 'place')}, 'pass.updated',
       'pass-' || n / 10, CASE WHEN is_dead THEN 'dead' ELSE 'succeeded' END, 1, delivery_id,
       CASE WHEN NOT is_dead THEN 200 WHEN n % 200 = 0 THEN 503 END, CASE WHEN is_dead AND n % 200 <> 0 THEN 'timeout' END, at, at, at,
       t = 1 AND n % 50 = 7
     FROM ${series}`,
    `INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id, trigger, pass_id,
       message_id, reason, last_attempt, last_status, last_failure, created_at)
     SELECT delivery_id, tenant_id, delivery_id, ${id('e', 'place')}, ${id('d', 'place')}, event_id, ${id('c', 'kind')}, 'pass.updated',
       'pass-' || n / 10, delivery_id, 'gave up', json_build_object('number', 1, 'startedAt', at, 'verdict', 'permanent', 'outcome',
         CASE WHEN n % 200 = 0 THEN '{"kind":"response","status":503}'::json ELSE '{"kind":"failure","failure":"timeout"}'::json END),
       CASE WHEN n % 200 = 0 THEN 503 END, CASE WHEN n % 200 <> 0 THEN 'timeout' END, at
     FROM ${series} WHERE is_dead`,
  ];
}
