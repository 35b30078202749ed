import { randomBytes, randomUUID } from 'node:crypto';
import type { DeliveryState } from '../../../src/domain/delivery.ts';
import { type DeliveryId, deliveryId, newId, type SubscriptionId, type TenantId, toUuid } from '../../../src/domain/id.ts';
import type { Integration, StoredSecret } from '../../../src/domain/integration.ts';
import type { Subscription } from '../../../src/domain/subscription.ts';
import type { Template } from '../../../src/domain/template.ts';
import type { SubscriptionStore, Tenant } from '../../../src/ports/configuration.ts';
import { createIntegrationStore } from '../../../src/store/configuration/integrations.ts';
import { createSubscriptionStore } from '../../../src/store/configuration/subscriptions.ts';
import { createTemplateStore } from '../../../src/store/configuration/templates.ts';
import { createTenantStore } from '../../../src/store/configuration/tenants.ts';
import type { Database } from '../../../src/store/database.ts';

// Configuration and deliveries to try the stores on. `given…` stores what the others only make.

const AT = new Date('2026-03-01T12:00:00.123Z');
const fresh = { version: 1, createdAt: AT, updatedAt: AT };
let clockMs = Date.now();

/** Ids made one after another sort in that order. */
export function tick(): number {
  clockMs += 1;
  return clockMs;
}

export function tenant(): Tenant {
  return { id: newId('tenant', tick()), name: 'Acme', retention: {}, ...fresh };
}

export function template(tenantId: TenantId, externalId: string | undefined = randomUUID()): Template {
  return {
    id: newId('template', tick()),
    tenantId,
    externalId,
    name: 'Loyalty',
    passType: 'storeCard',
    fields: [
      { key: 'points', label: 'Points', type: 'number', sample: 12, personalised: true },
      { key: 'first', type: 'text', personalised: false },
    ],
    personalised: { barcodeValue: true, barcodeText: false, expiry: true },
    vendor: { vibes: { campaignToken: 'token' } },
    ...fresh,
  };
}

export function integration(tenantId: TenantId): Integration {
  return {
    id: newId('integration', tick()),
    tenantId,
    name: 'CRM',
    dialect: 'vibes',
    options: { zebra: 1, apple: { nested: ['z', 'a'] } },
    headers: { keyId: 'k1', box: randomBytes(40) },
    policy: { timeoutMs: 5000, retryDelaysMs: [100] },
    limits: { maxInFlight: 7 },
    signature: null,
    ...fresh,
  };
}

export function secret(of: Integration, changes: Partial<StoredSecret> = {}): StoredSecret {
  return {
    id: newId('secret', tick()),
    integrationId: of.id,
    kind: 'webhook',
    sealed: { keyId: 'k1', box: randomBytes(60) },
    publicKey: undefined,
    createdAt: new Date(tick()),
    expiresAt: undefined,
    ...changes,
  };
}

export function subscription(of: Integration, changes: Partial<Subscription> = {}): Subscription {
  return {
    id: newId('subscription', tick()),
    tenantId: of.tenantId,
    integrationId: of.id,
    endpointId: newId('endpoint', tick()),
    templateId: null,
    trigger: 'pass.installed',
    url: 'https://receiver.example/hook',
    mapping: { rename: { b: 'B', a: 'A' }, remove: ['c'] },
    options: { flag: true },
    knownFields: null,
    filter: null,
    ordering: 'none',
    disabled: undefined,
    disabledBy: undefined,
    whileDisabled: 'hold',
    onGone: 'disable',
    unsubscribeUrl: undefined,
    ...fresh,
    ...changes,
  };
}

export async function givenTenant(db: Database): Promise<TenantId> {
  const made = tenant();
  await createTenantStore(db).create(made);
  return made.id;
}

export async function givenTemplate(db: Database, tenantId: TenantId): Promise<Template> {
  const made = template(tenantId);
  await storeTemplate(db, made);
  return made;
}

export async function givenIntegration(db: Database, tenantId: TenantId): Promise<Integration> {
  const made = integration(tenantId);
  await createIntegrationStore(db).create(made, [secret(made)], () => {});
  return made;
}

export function givenSubscription(
  db: Database,
  of: Integration,
  changes: Partial<Subscription> = {},
): Promise<Subscription> {
  return storeSubscription(db, subscription(of, changes));
}

// Rows as a whole: what verbs do with a callback, where a test has the row at hand.

export function storeTemplate(db: Database, row: Template): Promise<Template | undefined> {
  return createTemplateStore(db).create(row, () => {});
}

export function saveTemplate(db: Database, row: Template): Promise<Template | undefined> {
  return createTemplateStore(db).change(row.tenantId, row.id, () => ({ row }));
}

export function saveIntegration(db: Database, row: Integration): Promise<Integration> {
  return createIntegrationStore(db).change(row.tenantId, row.id, () => ({ row }));
}

export async function storeSubscription(db: Database, row: Subscription): Promise<Subscription> {
  const [stored] = await createSubscriptionStore(db).create(row.tenantId, row, () => [row]);
  if (!stored) throw new Error('one row was to be stored');
  return stored;
}

export function saveSubscription(db: Database, row: Subscription): ReturnType<SubscriptionStore['change']> {
  return createSubscriptionStore(db).change(row.tenantId, row.id, row.url, () => ({ row }));
}

const DUE: readonly DeliveryState[] = ['pending', 'delivering', 'retrying'];

export async function givenDelivery(
  db: Database,
  of: Subscription,
  state: DeliveryState,
  changes: { readonly attempts?: number } = {},
): Promise<DeliveryId> {
  const event = newId('event', tick());
  const id = deliveryId(event, of.id);
  await db.delivery.create({
    data: {
      id: toUuid(id),
      tenantId: toUuid(of.tenantId),
      eventId: toUuid(event),
      subscriptionId: toUuid(of.id),
      endpointId: toUuid(of.endpointId),
      trigger: of.trigger,
      passId: 'pass-1',
      state,
      claim: state === 'delivering' ? 1 : 0,
      attempts: changes.attempts ?? 0,
      dueAt: DUE.includes(state) ? new Date() : null,
      messageId: randomUUID(),
    },
  });
  return id;
}

/** The state of each of a subscription's deliveries, oldest first. */
export async function statesOf(db: Database, id: SubscriptionId): Promise<string[]> {
  const rows = await db.delivery.findMany({ where: { subscriptionId: toUuid(id) }, orderBy: { id: 'asc' } });
  return rows.map(({ state }) => state);
}

export async function versionOf(db: Database, id: TenantId): Promise<number> {
  return (await db.tenant.findUniqueOrThrow({ where: { id: toUuid(id) } })).configVersion;
}

/** Pending deliveries with a body, made in one statement and in this order; due a minute ago, the first a second earlier. */
export async function givenBacklog(db: Database, of: Subscription, count: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO deliveries (id, tenant_id, event_id, subscription_id, endpoint_id, trigger, pass_id, state, due_at, message_id,
      body)
    SELECT id, ${toUuid(of.tenantId)}::uuid, id, ${toUuid(of.id)}::uuid, ${toUuid(of.endpointId)}::uuid, ${of.trigger}, 'pass-1',
      'pending', now() - interval '1 minute' - (${count}::int - n) * interval '1 s' / ${count}::int, id, '{}'
    FROM generate_series(1, ${count}::int) AS n, lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint - 60000), 12, '0') AS ms,
      concat(left(ms, 8), '-', right(ms, 4), '-7000-8', left(md5(${of.id}), 3), '-', lpad(to_hex(n), 12, '0')) AS uuid,
      CAST(uuid AS uuid) AS id`;
}
