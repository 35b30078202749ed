import { expect } from 'vitest';
import { type IdKind, newId, toUuid } from '../../../src/domain/id.ts';
import type { Answer, Api, Call } from './api.ts';

/** Makes sure of a status, and gives the answer's body. */
export async function made(answer: Promise<Answer>, status = 201): Promise<Answer['body']> {
  const { status: got, body, text } = await answer;
  expect(got, text).toBe(status);
  return body;
}

export const installed = (passId: string, more: object = {}) => ({
  type: 'pass.installed',
  templateId: 'loyalty',
  occurredAt: '2026-01-01T00:00:00Z',
  pass: { id: passId, fields: { first_name: 'Ann' } },
  device: { platform: 'apple', installId: 'device-1' },
  ...more,
});

const NAMED = {
  pass: { id: 'pass-1', userProvidedId: 'customer of pass-1', fields: { first_name: 'Ann' } },
  trackingId: 'request for pass-1',
};

export interface TenantWithAll {
  readonly id: string;
  readonly key: string;
  readonly call: Call;
  /** One of each kind of object that a tenant can have. */
  readonly ids: Readonly<Partial<Record<IdKind, string>>>;
}

/** A tenant that has one of each: template, integration, subscription, event, delivery, dead letter, replay, erasure. */
export async function tenantWithAll(api: Api): Promise<TenantWithAll> {
  const { id, key, call } = await api.tenant();
  const fields = [{ key: 'first_name' }];
  const template = await made(call('POST', '/v1/templates', { name: 'Loyalty', externalId: 'loyalty', fields }));
  const integration = await made(call('POST', '/v1/integrations', { name: 'receiver', dialect: 'walletthat' }));
  const names = { integrationId: integration.id, templateId: template.id };
  const url = 'http://127.0.0.1:9/hook';
  const subscription = await made(call('POST', '/v1/subscriptions', { ...names, trigger: 'pass.installed', url }));
  const event = await made(call('POST', '/v1/events', installed('pass-1', NAMED)), 202);
  const deliveries = await made(call('GET', `/v1/deliveries?eventId=${event.id}`), 200);
  const delivery = deliveries.data[0]?.id ?? '';
  const deadLetter = await killed(api, delivery);
  const ids = {
    template: template.id,
    integration: integration.id,
    subscription: subscription.id,
    endpoint: subscription.endpointId as string,
  };
  const { confirmToken } = await made(call('POST', '/v1/replays/dry-run', { deliveryIds: [delivery] }), 200);
  const replay = await made(call('POST', '/v1/replays', { confirmToken, ratePerSecond: 0.1 }));
  const erasure = await made(call('POST', '/v1/erasures', { passId: 'of nobody' }), 202);
  return { id, key, call, ids: { ...ids, event: event.id, delivery, deadLetter, replay: replay.id, erasure: erasure.id } };
}

/** Lets a delivery die, as a worker would after its last attempt. Gives the dead letter's id. */
export async function killed({ sql }: Api, delivery: string): Promise<string> {
  const letter = toUuid(newId('deadLetter', Date.now()));
  const outcome = {
    kind: 'failure',
    failure: 'connect',
    detail: 'refused',
    remoteAddress: '127.0.0.1',
    timings: { totalMs: 3 },
  };
  const request = { method: 'POST', url: 'http://127.0.0.1:9/hook', headers: { 'webhook-id': 'msg_1' } };
  const attempt = { number: 1, startedAt: '2026-01-01T00:00:01.000Z', verdict: 'retryable', outcome, request };
  const uuid = delivery.slice(4);
  await sql.query(
    `INSERT INTO attempts (delivery_id, number, started_at, verdict, outcome, request) VALUES ($1, 1, $2, $3, $4, $5)`,
    [uuid, attempt.startedAt, attempt.verdict, JSON.stringify(outcome), JSON.stringify(request)],
  );
  await sql.query(
    `UPDATE deliveries SET state = 'dead', attempts = 1, due_at = NULL, body = '{"pass-id":"pass-1"}', ended_at = now(),
       ended_reason = 'no attempt is left', ended_by = 'system' WHERE id = $1`,
    [uuid],
  );
  await sql.query(
    `INSERT INTO dead_letters (id, tenant_id, delivery_id, subscription_id, endpoint_id, event_id, template_id, trigger, pass_id,
       message_id, reason, facts, body, last_attempt)
     SELECT $2, d.tenant_id, d.id, d.subscription_id, d.endpoint_id, d.event_id, e.template_id, d.trigger, d.pass_id, d.message_id,
       'connect', e.facts, d.body, $3
     FROM deliveries d JOIN events e ON e.id = d.event_id WHERE d.id = $1`,
    [uuid, letter, JSON.stringify(attempt)],
  );
  return `dlt_${letter}`;
}
