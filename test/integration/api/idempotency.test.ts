import { beforeAll, describe, expect, test } from 'vitest';
import { type Call, useApi } from './api.ts';
import { installed, made } from './tenant-with-all.ts';

const api = useApi();
let call: Call;
let tenantId: string;

beforeAll(async () => {
  ({ call, id: tenantId } = await api().tenant());
  await made(call('POST', '/v1/templates', { name: 'Loyalty', externalId: 'loyalty' }));
});

const keyed = (key: string) => ({ 'idempotency-key': key });

describe('Idempotency-Key', () => {
  test('the same request again has the same answer, and is done once', async () => {
    const first = await call('POST', '/v1/templates', { name: 'once' }, keyed('"k-1"'));
    const again = await call('POST', '/v1/templates', { name: 'once' }, keyed('k-1'));
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect((await call('GET', '/v1/templates?limit=100')).body.data.filter(({ name }) => name === 'once')).toHaveLength(1);
  });

  test('another body is 422', async () => {
    await call('POST', '/v1/templates', { name: 'a' }, keyed('k-2'));
    const { status, body } = await call('POST', '/v1/templates', { name: 'b' }, keyed('k-2'));
    expect(status).toBe(422);
    expect(body.type).toBe('urn:passwire:problem:idempotency-key-reused');
  });

  test('keys are apart by path and by caller', async () => {
    const { call: other } = await api().tenant();
    const answers = [
      await call('POST', '/v1/templates', { name: 'a' }, keyed('k-3')),
      await other('POST', '/v1/templates', { name: 'a' }, keyed('k-3')),
      await call('POST', '/v1/events/batch', { events: [installed('p')] }, keyed('k-3')),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 202]);
    expect(answers.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, null, null]);
  });

  test('a refusal is stored as a problem document', async () => {
    const first = await call('POST', '/v1/templates', {}, keyed('k-4'));
    const again = await call('POST', '/v1/templates', {}, keyed('k-4'));
    expect([again.status, again.text]).toEqual([422, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('of concurrent requests one runs; the others are told to wait or receive its answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call('POST', '/v1/templates', { name: 'race' }, keyed('k-5'))),
    );
    expect(answers.filter(({ status, headers }) => status === 201 && !headers.has('idempotency-replayed'))).toHaveLength(1);
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect((await call('GET', '/v1/templates?limit=100')).body.data.filter(({ name }) => name === 'race')).toHaveLength(1);
  });

  test('secrets are neither repeated nor stored', async () => {
    const input = { name: 'x', dialect: 'passentry' };
    const first = await call('POST', '/v1/integrations', input, keyed('k-6'));
    const again = await call('POST', '/v1/integrations', input, keyed('k-6'));
    expect(again.body.id).toBe(first.body.id);
    expect(first.body.secrets.every(({ value }) => Boolean(value))).toBe(true);
    expect(again.body.secrets.map(({ value }) => value)).toEqual(['', '']);
    const rotate = `/v1/integrations/${first.body.id}/rotate-secret`;
    const rotated = await call('POST', rotate, { kind: 'webhook' }, keyed('k-7'));
    const rotatedAgain = await call('POST', rotate, { kind: 'webhook' }, keyed('k-7'));
    expect(rotatedAgain.body.secrets).toHaveLength(rotated.body.secrets.length);
    const keyInput = { name: 'x', role: 'tenant', tenantId };
    const key = await api().admin('POST', '/v1/api-keys', keyInput, keyed('k-8'));
    expect((await api().admin('POST', '/v1/api-keys', keyInput, keyed('k-8'))).body).toMatchObject({
      id: key.body.id,
      key: '',
    });
    const { rows } = await api().sql.query('SELECT body FROM kept_answers');
    const kept = JSON.stringify(rows);
    for (const { value } of [...first.body.secrets, ...rotated.body.secrets]) if (value) expect(kept).not.toContain(value);
    expect(kept).not.toContain(key.body.key);
  });

  test('a malformed one is 400', async () => {
    expect((await call('POST', '/v1/templates', { name: 'x' }, keyed('x'.repeat(256)))).status).toBe(400);
  });

  test('an event’s own id makes posting it again safe', async () => {
    const event = installed('p', { id: 'mine-1' });
    const first = await made(call('POST', '/v1/events', event), 202);
    expect(await made(call('POST', '/v1/events', event), 202)).toEqual({ id: first.id, duplicate: true });
    const spaced = JSON.stringify(event, undefined, 2);
    expect(await made(call('POST', '/v1/events', spaced), 202)).toEqual({ id: first.id, duplicate: true });
    const { body } = await call('POST', '/v1/events/batch', { events: [event] });
    expect(body.results).toEqual([{ index: 0, status: 'accepted', id: first.id, duplicate: true }]);
  });
});
