import type { IdKind } from '../../src/domain/id.ts';
import { newId, toUuid } from '../../src/domain/id.ts';
import type { Installation } from './installation.ts';

const FIELDS = 500;
const SUBSCRIPTIONS = 100;
const OBJECTS = 100;
const EVENT_BYTES = 255_000;

/** A tenant that has as much of everything as one page shows, each as large as it may be. */
export interface FullTenant {
  readonly key: string;
  readonly ids: Readonly<Partial<Record<IdKind, string>>>;
  readonly fields: readonly object[];
  readonly mapping: object;
  readonly wrongMapping: object;
  event(bytes: number): object;
}

const fieldKey = (index: number): string => `field_${index}_`.padEnd(128, 'x');

export async function makeFullTenant({ url, adminKey, sql }: Installation): Promise<FullTenant> {
  const call = async (key: string, path: string, body?: object): Promise<Record<string, string>> => {
    const response = await fetch(`${url}/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, string>;
  };
  const { id: tenant = '' } = await call(adminKey, 'tenants', { name: 'Full' });
  const { key = '' } = await call(adminKey, 'api-keys', { name: 'bench', role: 'admin' });
  const inTenant = (path: string, body: object) => call(key, path, { ...body, tenantId: tenant });
  const fields = Array.from({ length: FIELDS }, (_, index) => ({
    key: fieldKey(index),
    label: fieldKey(index),
    sample: 'x',
  }));
  const keys = Array.from({ length: FIELDS }, (_, index) => fieldKey(index));
  const data = (name: string) => `/data/pass/fields/${name}`;
  const mapping = {
    rename: Object.fromEntries(keys.slice(0, 250).map((name) => [data(name), `${name}renamed`])),
    remove: keys.slice(250).map(data),
  };
  const wrongMapping = {
    rename: Object.fromEntries(keys.map((name) => [`${name.slice(0, 120)}y`, 'renamed'])),
    remove: keys,
  };
  const { id: template = '' } = await inTenant('templates', { name: 'Large', externalId: 'large', fields });
  const { id: integration = '' } = await inTenant('integrations', { name: 'receiver', dialect: 'standard' });
  const subscribe = (index: number) =>
    inTenant('subscriptions', {
      integrationId: integration,
      templateId: template,
      trigger: 'pass.updated',
      url: `http://127.0.0.1:9/${index}`,
      mapping,
    });
  const { id: subscription = '', endpointId: endpoint = '' } = await subscribe(0);
  for (let index = 1; index < SUBSCRIPTIONS; index++) await subscribe(index);
  for (let index = 1; index < OBJECTS; index++) await inTenant('templates', { name: 'Large', fields });
  const event = (bytes: number) => ({
    type: 'pass.voided',
    templateId: 'large',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: {
      id: 'pass',
      fields: Object.fromEntries(
        Array.from({ length: bytes / 64 }, (_, index) => [`${index}_`.padEnd(40, 'x'), 'a value of text']),
      ),
    },
  });
  const facts = JSON.stringify({ ...event(EVENT_BYTES), id: 'x' });
  const events: string[] = [];
  for (let index = 0; index < OBJECTS; index++) {
    const id = toUuid(newId('event', Date.now()));
    events.push(id);
    await sql.query(
      `INSERT INTO events (id, tenant_id, template_id, type, pass_id, facts) VALUES ($1, $2, $3, 'pass.voided', 'pass', $4)`,
      [id, tenant.slice(4), template.slice(4), facts],
    );
    await sql.query(
      `INSERT INTO deliveries (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, message_id, body)
       VALUES ($1, $2, $1, $3, $4, 'pass.voided', 'pass', 'dead', $1, $5)`,
      [id, tenant.slice(4), subscription.slice(4), endpoint.slice(4), facts],
    );
    await sql.query(
      `INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id, trigger, pass_id, message_id, reason, facts, body, last_attempt)
       VALUES ($1, $2, $1, $3, $4, $1, $6, 'pass.voided', 'pass', $1, 'x', $5, $5, $7)`,
      [
        id,
        tenant.slice(4),
        subscription.slice(4),
        endpoint.slice(4),
        facts,
        template.slice(4),
        JSON.stringify({
          number: 1,
          startedAt: '2026-03-01T12:00:00Z',
          verdict: 'retryable',
          outcome: { kind: 'unbuildable', reason: 'x' },
        }),
      ],
    );
  }
  const of = (prefix: string) => `${prefix}_${events.at(-1)}`;
  const ids = {
    tenant,
    template,
    integration,
    subscription,
    endpoint,
    event: of('evt'),
    delivery: of('dlv'),
    deadLetter: of('dlt'),
  };
  return { key, ids, fields, mapping, wrongMapping, event };
}
