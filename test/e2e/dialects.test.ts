import { createHmac, verify } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { usePasswire } from '../support/passwire.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');
const DIALECTS = ['walletthat', 'walletthat-postback', 'vibes', 'passcreator', 'passentry'];

interface FixtureConfig {
  readonly template: Readonly<Record<string, unknown>>;
  readonly integration: { readonly dialect: string; readonly options?: Readonly<Record<string, unknown>> };
  readonly fixtures: Readonly<Record<string, { readonly trigger: string }>>;
}

function readFixture<T>(dialect: string, file: string): T {
  return JSON.parse(readFileSync(join(FIXTURES, dialect, file), 'utf8')) as T;
}

const pairs = DIALECTS.flatMap((dialect) =>
  readdirSync(join(FIXTURES, dialect))
    .filter((file) => file.endsWith('.event.json'))
    .map((file) => ({ dialect, name: file.replace('.event.json', '') })),
);

const passwire = usePasswire();

/** Sets up a tenant by the fixture's configuration; every fixture has its own, since some share an id. */
async function prepare(dialect: string, trigger: string, subscription: object = {}, path = '/hook') {
  const { template, integration } = readFixture<FixtureConfig>(dialect, 'config.json');
  const { id: _ours, ...input } = template;
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ ...input, externalId: template.externalId });
  // an integration for the deprecated trigger says so (vendors.md E10)
  const options = { ...integration.options, ...(trigger === 'pass.tapped' && { allowDeprecated: true }) };
  const made = await tenant.makeIntegration({ dialect: integration.dialect, options });
  const url = passwire().receiver.url(`/${tenant.tenantId}${path}`);
  await tenant.subscribe({ integrationId: made.id, templateId, trigger, url, ...subscription });
  return { tenant, secrets: made.secrets, integrationId: made.id, path: `/${tenant.tenantId}${path}` };
}

describe('every fixture, posted to the API and delivered by the worker, arrives byte for byte', () => {
  test.each(pairs)('$dialect $name', async ({ dialect, name }) => {
    const { fixtures } = readFixture<FixtureConfig>(dialect, 'config.json');
    const trigger = fixtures[name]?.trigger ?? '';
    const { tenant, secrets, path } = await prepare(dialect, trigger);

    await tenant.emit(readFixture<object>(dialect, `${name}.event.json`));

    const [request] = await passwire().receiver.waitFor(path);
    expect(request?.text).toBe(JSON.stringify(readFixture(dialect, `${name}.json`)));
    expect(request?.method).toBe('POST');
    expect(request?.headers['content-type']).toBe('application/json');
    const secret = secrets.find(({ kind }) => kind === 'webhook')?.value ?? '';
    const verified = new Webhook(secret).verify(request?.text ?? '', request?.headers as Record<string, string>);
    expect(verified).toEqual(readFixture(dialect, `${name}.json`));
  });
});

test('x-webhook-event names the event as the vendor does', async () => {
  const { tenant, path } = await prepare('passcreator', 'pass.voided');
  await tenant.emit(readFixture<object>('passcreator', 'pass_voided.event.json'));
  const [request] = await passwire().receiver.waitFor(path);
  expect(request?.headers['x-webhook-event']).toBe('pass_voided');
});

test('passentry: X-Webhook-Signature is the hex HMAC-SHA256 of the raw body with the text of the secret', async () => {
  const { tenant, secrets, path } = await prepare('passentry', 'pass.scanned');
  await tenant.emit(readFixture<object>('passentry', 'passScanned.event.json'));
  const [request] = await passwire().receiver.waitFor(path);
  const secret = secrets.find(({ kind }) => kind === 'passentry')?.value ?? '';
  expect(secret).toMatch(/^[0-9a-f]{40}$/);
  expect(request?.headers['x-webhook-signature']).toBe(
    createHmac('sha256', secret)
      .update(request?.body ?? '')
      .digest('hex'),
  );
});

test('passcreator with signPayload: signature verifies over signedData, which is the body without the two', async () => {
  const { tenant, integrationId, path } = await prepare('passcreator', 'pass.created', { options: { signPayload: true } });
  await tenant.emit(readFixture<object>('passcreator', 'pass_created.event.json'));
  const [request] = await passwire().receiver.waitFor(path);
  const { signature, signedData, ...rest } = JSON.parse(request?.text ?? '') as Record<string, string>;
  const { keys } = await tenant.ok<{ keys: { kind: string; publicKey: string }[] }>(
    'GET',
    `/v1/integrations/${integrationId}/public-keys`,
  );
  const publicKey = keys.find(({ kind }) => kind === 'passcreator')?.publicKey ?? '';
  expect(verify('sha1', Buffer.from(signedData ?? ''), publicKey, Buffer.from(signature ?? '', 'hex'))).toBe(true);
  expect(signedData).toBe(JSON.stringify(readFixture('passcreator', 'pass_created.json')));
  expect(JSON.stringify(rest)).toBe(signedData);
});

test('standard: a Standard Webhooks envelope, signed', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate({ externalId: 'loyalty' });
  const { id, secrets } = await tenant.makeIntegration({ dialect: 'standard', asymmetric: true });
  const path = `/${tenant.tenantId}/standard`;
  await tenant.subscribe({ integrationId: id, templateId, trigger: 'pass.created', url: passwire().receiver.url(path) });
  const event = {
    type: 'pass.created',
    templateId: 'loyalty',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'pas_1', fields: { points: 7 } },
  };
  const eventId = await tenant.emit(event);

  const [request] = await passwire().receiver.waitFor(path);
  expect(JSON.parse(request?.text ?? '')).toEqual({
    type: 'pass.created',
    timestamp: expect.stringMatching(/^2026-03-01T12:00:00/),
    data: { eventId, template: { id: templateId, externalId: 'loyalty', name: 'Loyalty' }, pass: event.pass },
  });
  expect(request?.headers['webhook-signature']).toMatch(/^v1,\S+ v1a,\S+$|^v1a,\S+ v1,\S+$/);
  const secret = secrets.find(({ kind }) => kind === 'webhook')?.value ?? '';
  expect(new Webhook(secret).verify(request?.text ?? '', request?.headers as Record<string, string>)).toBeTruthy();
});
