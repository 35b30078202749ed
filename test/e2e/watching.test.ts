import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/servers.mjs';
import type { Client } from '../support/client.ts';
import { usePasswire } from '../support/passwire.ts';
import { eventually } from '../support/poll.ts';
import { TestProcess } from '../support/process.ts';

// `passwire tail` and `passwire listen`, as processes, with a worker and a receiver.

const passwire = usePasswire();
const started: TestProcess[] = [];
let tenant: Client & { readonly tenantId: string };
let key: string;
let keyId: string;

beforeAll(async () => {
  tenant = await passwire().makeTenant();
  await tenant.makeTemplate();
  const made = await passwire().admin.ok<{ id: string; key: string }>('POST', '/v1/api-keys', {
    name: 'watching',
    role: 'tenant',
    tenantId: tenant.tenantId,
  });
  ({ id: keyId, key } = made);
});
afterAll(async () => {
  await Promise.all(started.map((one) => one.kill()));
});

/** Runs a command until it watches. */
async function run(args: readonly string[], url = passwire().api.url): Promise<TestProcess> {
  const command = start(args, url);
  await command.waitUntil(() => /Ctrl-C ends it/.test(command.output));
  return command;
}

function start(args: readonly string[], url = passwire().api.url): TestProcess {
  const env = { PASSWIRE_URL: url, PASSWIRE_KEY: key, TZ: 'UTC' };
  const command = new TestProcess(args.join(' '), 'cli/main.ts', env, args);
  started.push(command);
  return command;
}

async function subscribe(path: string, integration: object = {}, subscription: object = {}) {
  const made = await tenant.makeIntegration({ dialect: 'walletthat', ...integration });
  const url = passwire().receiver.url(path);
  const body = { integrationId: made.id, trigger: 'pass.updated', url, ...subscription };
  return { subscription: await tenant.subscribe(body), secret: made.secrets[0]?.value ?? '' };
}

function emit(pass: string): Promise<string> {
  const event = { type: 'pass.updated', templateId: 'loyalty', occurredAt: '2026-01-01T00:00:00Z' };
  return tenant.emit({ ...event, pass: { id: pass }, changes: { fields: {} } });
}

async function interrupted(command: TestProcess): Promise<void> {
  command.signal('SIGINT');
  expect(await command.exit()).toEqual({ code: 0, signal: null });
}

describe('passwire tail', () => {
  test('shows attempts as they are made, those that match, on lines or as JSON', async () => {
    passwire().receiver.answer('/unsure', { status: 503 }, { status: 200 });
    const { subscription } = await subscribe('/unsure', { policy: { retryDelaysMs: [100] } });
    const plain = await run(['tail', '--subscription', subscription]);
    const json = await run(['tail', '--subscription', subscription, '--json']);
    const delivered = await run(['tail', '--subscription', subscription, '--state', 'succeeded', '--json']);
    await emit('pass-1');
    await eventually(() => /delivered {2}200 .*#2 .*pass\.updated {2}pass-1 {2}dlv_/.test(plain.output));
    expect(plain.output).toMatch(/\d\d:\d\d:\d\d {2}retryable {2}503 .* ms {2}#1 .*dlv_.*503/);
    const [first, second] = await eventually(() => json.log.length >= 2 && json.log);
    expect([first, second]).toMatchObject([
      { action: 'attempted', attempt: { number: 1, status: 503 } },
      { action: 'attempted', attempt: { number: 2, status: 200 }, delivery: { state: 'succeeded' } },
    ]);
    expect(await eventually(() => delivered.log.length > 0 && delivered.log)).toMatchObject([{ attempt: { number: 2 } }]);
    await Promise.all([plain, json, delivered].map(interrupted));
  });

  test('connects again when the API is restarted, and shows what it has missed', async () => {
    const { subscription } = await subscribe('/steady');
    const env = { ...passwire().env, PORT: String(await freePort()) };
    const first = await passwire().processes.startApi(env);
    const tail = await run(['tail', '--subscription', subscription, '--json'], first.url);
    await emit('before');
    await eventually(() => tail.log.length === 1);
    await first.stop();
    await emit('meanwhile');
    await passwire().receiver.waitFor('/steady', 2);
    await passwire().processes.startApi(env);
    await emit('after');
    await eventually(() => tail.log.length === 3);
    const passes = tail.log.map(({ delivery }) => (delivery as { passId: string }).passId);
    expect(passes).toEqual(['before', 'meanwhile', 'after']);
    await eventually(() => tail.output.includes('Connected again.'));
    await interrupted(tail);
  });

  test('says what is wrong, and ends with its exit code', async () => {
    const wrong = start(['tail', '--trigger', 'pass.lost']);
    expect(await wrong.exit()).toMatchObject({ code: 1 });
    expect(wrong.output).toContain('/trigger');
    const nowhere = start(['tail'], `http://127.0.0.1:${await freePort()}`);
    expect(await nowhere.exit()).toMatchObject({ code: 5 });
  });
});

describe('passwire listen', () => {
  test('sends deliveries to a local port as they are, signed, and changes nothing of them', async () => {
    passwire().receiver.answer('/real', { status: 500 });
    passwire().receiver.answer('/local', { status: 500, body: 'not yet' }, { status: 200 });
    const { subscription, secret } = await subscribe('/real', {
      headers: { 'x-api-key': 'receiver-secret' },
      policy: { retryDelaysMs: [] },
    });
    const { subscription: other } = await subscribe('/other');
    const to = ['--forward', passwire().receiver.url('/local')];
    const listen = await run(['listen', ...to, '--subscription', subscription, '--header', 'X-Local=yes']);
    const eventId = await emit('pass-l');
    const [[real], [local]] = await Promise.all([
      passwire().receiver.waitFor('/real'),
      passwire().receiver.waitFor('/local'),
    ]);
    if (!real || !local) throw new Error('both have it');
    expect([local.method, local.text]).toEqual([real.method, real.text]);
    expect(local.headers).toMatchObject({
      'webhook-id': real.headers['webhook-id'],
      'content-type': real.headers['content-type'],
      'x-webhook-event': real.headers['x-webhook-event'],
      'x-local': 'yes',
    });
    expect(local.headers['x-api-key']).toBeUndefined();
    expect(() => new Webhook(secret).verify(local.text, local.headers as Record<string, string>)).not.toThrow();
    await eventually(() => /500 .*ms .*pass-l {2}dlv_.*\n {2}not yet/.test(listen.output));
    await eventually(() => listen.output.includes('without x-api-key')); // a remark: another pipe

    // the delivery went its own way, and a replay comes here too
    const [dead] = await eventually(async () => {
      const found = await tenant.deliveries({ eventId, subscriptionId: subscription });
      return found[0]?.state === 'dead' && found;
    });
    await tenant.ok('POST', `/v1/deliveries/${dead?.id}/replay`, { mode: 'same' });
    const [, again] = await passwire().receiver.waitFor('/local', 2);
    expect([again?.headers['webhook-id'], again?.text]).toEqual([local.headers['webhook-id'], local.text]);

    // while the subscription is disabled, nothing is sent but here
    const realBefore = passwire().receiver.at('/real').length;
    await tenant.ok('PATCH', `/v1/subscriptions/${subscription}`, { enabled: false });
    await emit('pass-held');
    const [, , held] = await passwire().receiver.waitFor('/local', 3);
    expect(held?.text).toContain('pass-held');
    expect(() => new Webhook(secret).verify(held?.text ?? '', held?.headers as Record<string, string>)).not.toThrow();
    expect((await tenant.deliveries({ subscriptionId: subscription, state: 'held' })).length).toBe(1);
    expect(
      passwire()
        .receiver.at('/real')
        .slice(realBefore)
        .map(({ text }) => text),
    ).not.toContain(held?.text);

    await interrupted(listen);
    expect(listen.output).toContain('3 forwarded.');
    expect((await tenant.deliveries({ subscriptionId: other })).length).toBe(2);
    expect(passwire().receiver.at('/local')).toHaveLength(3);
  });

  test('reports a port that nothing listens on, and refuses what is no URL', async () => {
    const { subscription } = await subscribe('/real-too');
    const port = await freePort();
    const listen = await run([
      'listen',
      '--forward',
      `http://127.0.0.1:${port}/`,
      '--subscription',
      subscription,
      '--json',
    ]);
    await emit('pass-m');
    expect(await eventually(() => listen.log.length > 0 && listen.log)).toMatchObject([
      { deliveryId: expect.stringMatching(/^dlv_/), status: null, reason: 'nothing listens there' },
    ]);
    await interrupted(listen);
    const wrong = start(['listen', '--forward', 'localhost:3000']);
    expect(await wrong.exit()).toMatchObject({ code: 2 });
  });

  test('ends when its key is revoked', async () => {
    const listen = await run(['listen', '--forward', passwire().receiver.url('/local')]);
    await passwire().admin.ok('DELETE', `/v1/api-keys/${keyId}`);
    expect(await listen.exit()).toMatchObject({ code: 3 });
    expect(listen.output).toContain('no longer valid');
  });
});
