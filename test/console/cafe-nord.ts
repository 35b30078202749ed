import { Client } from '../support/client.ts';
import type { Passwire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';

const HOUR_MS = 3_600_000;

export interface CafeNord {
  readonly tenantId: string;
  readonly key: string;
  readonly client: Client;
  readonly templateId: string;
  readonly integrationId: string;
  readonly subscriptionId: string;
  /** Deliveries by how they went. */
  /** Events whose delivery fails permanently, one for each pass, while `/mail` of the receiver answers with a failure. */
  emitDead(...passIds: readonly string[]): Promise<void>;
  readonly deliveries: Readonly<Record<'succeeded' | 'dead' | 'retrying' | 'recovered', string>>;
}

/** A tenant whose deliveries went in different ways: at once, after a failure, not yet, and never. */
export async function cafeNord(passwire: Passwire): Promise<CafeNord> {
  const { admin, receiver } = passwire;
  const { id: tenantId } = await admin.ok<{ id: string }>('POST', '/v1/tenants', { name: 'Cafe Nord' });
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', {
    name: 'Nord developer',
    role: 'tenant',
    tenantId,
  });
  const client = new Client(() => passwire.api.url, key);
  const templateId = await client.makeTemplate({ name: 'Stamp card', fields: [{ key: 'points' }, { key: 'member-name' }] });
  const subscribe = async (name: string, retryDelaysMs: readonly number[]) => {
    const { id: integrationId } = await client.makeIntegration({ name, dialect: 'standard', policy: { retryDelaysMs } });
    const path = `/${tenantId}/${name.toLowerCase()}`;
    const url = receiver.url(path);
    const trigger = `pass.${name === 'CRM' ? 'created' : name === 'POS' ? 'updated' : 'voided'}`;
    return {
      integrationId,
      path,
      trigger,
      subscriptionId: await client.subscribe({ integrationId, templateId, trigger, url }),
    };
  };
  const crm = await subscribe('CRM', [100]);
  const pos = await subscribe('POS', [HOUR_MS]);
  const mail = await subscribe('Mail', [100]);
  const emit = (type: string, passId: string) =>
    client.emit({
      type,
      templateId,
      occurredAt: '2026-11-24T10:02:11Z',
      pass: { id: passId, fields: { points: 7, 'member-name': 'Jane Smith' } },
    });
  receiver.answer(crm.path, { status: 503, body: 'try later' }, { status: 200, body: 'ok' });
  receiver.answer(pos.path, { status: 503, headers: { 'content-type': 'text/plain' }, body: 'The till is closed.' });
  receiver.answer(mail.path, { status: 422, body: '{"error":"unknown member"}' });
  const ended = async (event: Promise<string>, states: readonly string[]) => (await client.settled(await event, states)).id;
  const recovered = await ended(emit('pass.created', 'Store-78911'), ['succeeded']);
  const succeeded = await ended(emit('pass.created', 'Store-78912'), ['succeeded']);
  const dead = await ended(emit('pass.voided', 'Store-78913'), ['dead']);
  const retryingEvent = await emit('pass.updated', 'Store-78914');
  const retrying = await eventually(
    async () => {
      const [delivery] = await client.deliveries({ eventId: retryingEvent, state: 'retrying' });
      return delivery?.id;
    },
    { what: 'a delivery that waits for its retry' },
  );
  const emitDead = async (...passIds: readonly string[]): Promise<void> => {
    for (const passId of passIds) await ended(emit('pass.voided', passId), ['dead']);
  };
  return { emitDead, tenantId, key, client, templateId, ...crm, deliveries: { succeeded, dead, retrying, recovered } };
}
