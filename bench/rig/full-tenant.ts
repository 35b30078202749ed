import { type IdKind, newId, toUuid } from '../../src/domain/id.ts';
import type { Installation } from './installation.ts';

/** Almost as many as the bounds of a tenant allow, and as one page shows. */
const OBJECTS = 90;
const FIELDS = 500;
const KEY_LENGTH = 16;
const EVENT_BYTES = 255_000;

type Ids = Readonly<Partial<Record<IdKind, string>>>;

/** A tenant that has as much of everything as it may have, or as one page shows. */
export interface FullTenant {
  /** An admin key, which must name the tenant. */
  readonly key: string;
  readonly ids: Ids;
  readonly fields: readonly object[];
  readonly mapping: object;
  /** Names what the body does not have. */
  readonly wrongMapping: object;
}

const KEYS = Array.from({ length: FIELDS }, (_, index) => `field_${index}_`.padEnd(KEY_LENGTH, 'x'));
const fields = KEYS.map((key) => ({ key, label: key, sample: 'x' }));
const pathOf = (key: string): string => `/data/pass/fields/${key}`;
const mapping = {
  rename: Object.fromEntries(KEYS.slice(0, FIELDS / 2).map((key) => [pathOf(key), `${key}renamed`])),
  remove: KEYS.slice(FIELDS / 2).map(pathOf),
};
const wrongMapping = {
  rename: Object.fromEntries(KEYS.map((key) => [`${key.slice(0, -8)}y`, 'renamed'])),
  remove: KEYS,
};

/** A valid event of about that size, which every subscription of the tenant matches. */
export function largeEvent(bytes: number): object {
  const values = Array.from({ length: bytes / 64 }, (_, index) => [`${index}_`.padEnd(40, 'x'), 'a value of text']);
  const pass = { id: 'pass', fields: Object.fromEntries(values) };
  return { type: 'pass.updated', templateId: 'large', occurredAt: '2026-03-01T12:00:00Z', pass };
}

export async function makeFullTenant(installation: Installation): Promise<FullTenant> {
  const create = creator(installation.url);
  const { id: tenant = '' } = await create(installation.adminKey, 'tenants', { name: 'Full' });
  const { key = '' } = await create(installation.adminKey, 'api-keys', { name: 'bench', role: 'admin' });
  const inTenant = (path: string, body: object) => create(key, path, { ...body, tenantId: tenant });
  const { id: template = '' } = await inTenant('templates', { name: 'Large', externalId: 'large', fields });
  const { id: integration = '' } = await inTenant('integrations', { name: 'receiver', dialect: 'standard' });
  const parts = { integrationId: integration, templateId: template, trigger: 'pass.updated', mapping };
  const subscriptions: Created[] = [];
  for (let index = 0; index < OBJECTS; index++) {
    subscriptions.push(await inTenant('subscriptions', { ...parts, url: `http://127.0.0.1:9/${index}` }));
    if (index > 0) await inTenant('templates', { name: 'Large', fields });
  }
  const { id: subscription = '', endpointId: endpoint = '' } = subscriptions[0] ?? {};
  const configured = { tenant, template, integration, subscription, endpoint };
  return { key, ids: { ...configured, ...(await fill(installation, configured)) }, fields, mapping, wrongMapping };
}

/** Writes dead deliveries of the largest events. Returns the ids of the last. */
async function fill({ sql }: Installation, { tenant, template, subscription, endpoint }: Ids): Promise<Ids> {
  const facts = JSON.stringify({ ...largeEvent(EVENT_BYTES), id: 'x' });
  const attempt = JSON.stringify({
    number: 1,
    startedAt: '2026-03-01T12:00:00Z',
    verdict: 'retryable',
    outcome: { kind: 'unbuildable', reason: 'x' },
  });
  const owners = [tenant, template, subscription, endpoint].map((id) => id?.slice(4));
  let id = '';
  for (let index = 0; index < OBJECTS; index++) {
    id = toUuid(newId('event', Date.now()));
    await sql.query(
      `WITH stored AS (
         INSERT INTO events (id, tenant_id, template_id, type, pass_id, facts) VALUES ($1, $2, $3, 'pass.voided', 'pass', $6)
       ), delivered AS (
         INSERT INTO deliveries (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, message_id, body)
         VALUES ($1, $2, $1, $4, $5, 'pass.voided', 'pass', 'dead', $1, $6)
       )
       INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id, trigger, pass_id,
         message_id, reason, facts, body, last_attempt)
       VALUES ($1, $2, $1, $4, $5, $1, $3, 'pass.voided', 'pass', $1, 'x', $6, $6, $7)`,
      [id, ...owners, facts, attempt],
    );
  }
  return { event: `evt_${id}`, delivery: `dlv_${id}`, deadLetter: `dlt_${id}` };
}

interface Created {
  readonly id?: string;
  readonly key?: string;
  readonly endpointId?: string;
}

function creator(url: string): (key: string, path: string, body: object) => Promise<Created> {
  return async (key, path, body) => {
    const response = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`POST /v1/${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Created;
  };
}
