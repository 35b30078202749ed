import { describe, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, killed, made, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();

/** No worker runs here: due deliveries are parked as soon as they are offered. */
const WAITING = /^(pending|parked)$/;
const hook = 'http://127.0.0.1:9/hook';

describe('deliveries and dead letters', () => {
  test('show attempts and the exact request', async () => {
    const { call: ours, ids } = await tenantWithAll(api());
    const { body } = await ours('GET', `/v1/deliveries/${ids.delivery}`);
    expect(body).toMatchObject({
      state: 'dead',
      attemptCount: 1,
      attempts: [{ number: 1, verdict: 'retryable', outcome: { kind: 'failure', failure: 'connect' } }],
      request: { method: 'POST', url: hook, headers: { 'webhook-id': 'msg_1' }, body: '{"pass-id":"pass-1"}' },
    });
  });

  test('show support that a request was signed, not how; the owner of the tenant sees the signatures', async () => {
    const { id, call: ours, ids } = await tenantWithAll(api());
    const signed = { 'webhook-id': 'msg_1', 'webhook-signature': 'v1,c2ln', 'X-Webhook-Signature': 'abc' };
    const masked = { 'webhook-id': 'msg_1', 'webhook-signature': '***', 'X-Webhook-Signature': '***' };
    const request = JSON.stringify({ method: 'POST', url: hook, headers: signed });
    await api().sql.query('UPDATE attempts SET request = $2 WHERE delivery_id = $1', [ids.delivery?.slice(4), request]);
    await api().sql.query(
      `UPDATE dead_letters SET last_attempt = json_build_object('number', 1, 'startedAt', last_attempt->>'startedAt',
         'verdict', 'retryable', 'outcome', last_attempt->'outcome', 'request', $2::json) WHERE id = $1`,
      [ids.deadLetter?.slice(4), request],
    );
    const support = api().with((await api().makeKey('support', id)).key);
    for (const [call, headers] of [
      [ours, signed],
      [support, masked],
    ] as const) {
      const delivery = (await call('GET', `/v1/deliveries/${ids.delivery}`)).body;
      expect(delivery).toMatchObject({ attempts: [{ request: { headers } }], request: { headers } });
      expect((await call('GET', `/v1/dead-letters/${ids.deadLetter}`)).body).toMatchObject({
        lastAttempt: { request: { headers } },
      });
      const [listed] = (await call('GET', '/v1/dead-letters')).body.data;
      expect(listed).toMatchObject({ lastAttempt: { request: { headers } } });
    }
  });

  test.each([
    ['state=dead', 1],
    ['state=pending', 0],
    ['state=succeeded,dead', 1],
    ['state=succeeded,cancelled', 0],
    ['status=5xx', 0],
    ['status=404', 0],
    ['passId=pass-1&trigger=pass.installed', 1],
    ['passId=pass-2', 0],
    ['trigger=pass.created', 0],
    ['after=2000-01-01T00:00:00Z', 1],
    ['before=2000-01-01T00:00:00Z', 0],
  ])('are found by %s', async (query, count) => {
    const { call: ours } = await tenantWithAll(api());
    expect((await ours('GET', `/v1/deliveries?${query}`)).body.data).toHaveLength(count);
  });

  test.each([
    ['events', 'event', 'acceptedAt'],
    ['deliveries', 'delivery', 'createdAt'],
    ['dead-letters', 'deadLetter', 'createdAt'],
  ] as const)('and all of %s are in from the time they show on, and not before it', async (resource, kind, member) => {
    const { call: ours, ids } = await tenantWithAll(api());
    const [table, column] = [resource.replace('-', '_'), member === 'acceptedAt' ? 'accepted_at' : 'created_at'];
    // as if the database's clock were behind the API's
    await api().sql.query(`UPDATE ${table} SET ${column} = ${column} - interval '3 s' WHERE id = $1`, [
      ids[kind]?.slice(4),
    ]);
    const shown = String((await ours('GET', `/v1/${resource}/${ids[kind]}`)).body[member]);
    const finer = shown.replace('Z', '0001Z');
    const isListed = async (query: string) =>
      (await ours('GET', `/v1/${resource}?${query}`)).body.data.some(({ id }) => id === ids[kind]);
    expect(await isListed(`after=${shown}`)).toBe(true);
    expect(await isListed(`before=${shown}`)).toBe(false);
    expect(await isListed(`after=${finer}`)).toBe(false);
    expect(await isListed(`before=${finer}`)).toBe(true);
    expect(await isListed('after=0001-01-01T00:00:00Z&before=9999-12-31T23:59:59-05:00')).toBe(true);
  });

  test('what ended is replayed, the same bytes or anew; what is open is cancelled', async () => {
    const { call: ours, ids } = await tenantWithAll(api());
    const path = `/v1/deliveries/${ids.delivery}`;
    expect((await ours('POST', `${path}/cancel`)).status).toBe(409);
    const fresh = await made(ours('POST', `${path}/replay`, { mode: 'fresh' }), 202);
    expect(fresh.deliveryId).not.toBe(ids.delivery);
    expect((await ours('GET', `/v1/deliveries/${fresh.deliveryId}`)).body).toMatchObject({
      replayOf: ids.delivery,
      state: expect.stringMatching(WAITING),
    });
    expect((await ours('POST', `${path}/replay`)).body).toEqual({ deliveryId: ids.delivery });
    expect((await ours('POST', `${path}/replay`, { mode: 'same' })).status).toBe(409);
    expect((await ours('POST', `${path}/replay`, { mode: 'again' })).status).toBe(422);
    expect((await ours('POST', `${path}/cancel`)).body).toMatchObject({
      state: 'cancelled',
      endedBy: expect.stringMatching(/^key_/),
    });
  });

  test.each(['subscriptions', 'templates', 'integrations'] as const)(
    'are not replayed after their %s were deleted, and stay as they were',
    async (resource) => {
      const { call: ours, ids } = await tenantWithAll(api());
      const id = { subscriptions: ids.subscription, templates: ids.template, integrations: ids.integration }[resource];
      await made(ours('DELETE', `/v1/${resource}/${id}`), 204);
      const [delivery, letter] = [`/v1/deliveries/${ids.delivery}`, `/v1/dead-letters/${ids.deadLetter}`];
      const before = [(await ours('GET', delivery)).text, (await ours('GET', letter)).text, await api().stored()];
      const refused = { status: 409, type: 'urn:passwire:problem:subscription-gone' };
      for (const mode of ['same', 'fresh'])
        expect((await ours('POST', `${delivery}/replay`, { mode })).body).toMatchObject(refused);
      expect((await ours('POST', `${letter}/replay`)).body).toMatchObject(refused);
      expect([(await ours('GET', delivery)).text, (await ours('GET', letter)).text, await api().stored()]).toEqual(before);
      expect((await ours('POST', `${letter}/discard`)).body).toMatchObject({ closed: { as: 'discarded' } });
    },
  );

  test('a dead letter is listed, and replayed or discarded once', async () => {
    const { call: ours, ids } = await tenantWithAll(api());
    const list = async (query: string) => (await ours('GET', `/v1/dead-letters?${query}`)).body.data.map(({ id }) => id);
    expect(await list('open=true')).toEqual([ids.deadLetter]);
    const path = `/v1/dead-letters/${ids.deadLetter}`;
    expect((await ours('GET', path)).body).toMatchObject({
      reason: 'connect',
      body: '{"pass-id":"pass-1"}',
      event: { type: 'pass.installed' },
      lastAttempt: { number: 1 },
      closed: null,
    });
    expect((await ours('POST', `${path}/replay`)).body).toEqual({ deliveryId: ids.delivery });
    expect((await ours('GET', path)).body).toMatchObject({
      closed: { as: 'replayed', by: expect.stringMatching(/^key_/) },
    });
    expect((await ours('POST', `${path}/discard`)).status).toBe(409);
    expect([await list('open=true'), await list('open=false')]).toEqual([[], [ids.deadLetter]]);

    const event = await made(ours('POST', '/v1/events', installed('pass-3')), 202);
    const { body: found } = await ours('GET', `/v1/deliveries?eventId=${event.id}`);
    const other = await killed(api(), found.data[0]?.id ?? '');
    expect((await ours('POST', `/v1/dead-letters/${other}/discard`)).body).toMatchObject({ closed: { as: 'discarded' } });
    expect((await ours('POST', `/v1/dead-letters/${other}/replay`)).status).toBe(409);
  });
});

test('the status of the last attempt and the integration are filters', async () => {
  const { call, ids } = await tenantWithAll(api());
  await api().sql.query('UPDATE deliveries SET last_status = 503 WHERE id = $1', [ids.delivery?.slice(4)]);
  const found = async (query: string) => (await made(call('GET', `/v1/deliveries?${query}`), 200)).data.map(({ id }) => id);
  for (const query of ['status=503', 'status=5xx', `integrationId=${ids.integration}`]) {
    expect(await found(query)).toEqual([ids.delivery]);
  }
  const { id: other } = await made(call('POST', '/v1/integrations', { name: 'other', dialect: 'standard' }));
  for (const query of ['status=500', 'status=4xx', `integrationId=${other}`]) expect(await found(query)).toEqual([]);
});
