import { createPublicKey, randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Call, useApi } from './api.ts';
import { made } from './tenant-with-all.ts';

const api = useApi();
let call: Call;

beforeAll(async () => {
  ({ call } = await api().tenant());
});

describe('integrations', () => {
  const secretsOf = (body: { secrets: readonly { kind: string; value?: string }[] }, kind: string) =>
    body.secrets.filter((secret) => secret.kind === kind);

  test('show secrets once and blank headers', async () => {
    const headers = { Authorization: 'Bearer very-secret' };
    const integration = await made(
      call('POST', '/v1/integrations', { name: 'x', dialect: 'passentry', headers, asymmetric: true }),
    );
    expect(integration.secrets.map(({ kind, value }) => [kind, value !== undefined])).toEqual([
      ['webhook', true],
      ['webhook-ed25519', false],
      ['passentry', true],
    ]);
    const path = `/v1/integrations/${integration.id}`;
    const { body, text } = await call('GET', path);
    expect(body.headers).toEqual({ Authorization: '***' });
    expect(text).not.toMatch(/very-secret|whsec_|PRIVATE/);
    const patched = await call('PATCH', path, {
      headers: { authorization: '***', 'X-More': 'b' },
      policy: { timeoutMs: 500 },
    });
    expect(patched.body).toMatchObject({ headers: { authorization: '***', 'X-More': '***' }, policy: { timeoutMs: 500 } });
    const preview = await call('POST', '/v1/subscriptions/preview', {
      integrationId: integration.id,
      trigger: 'pass.installed',
    });
    expect(preview.body.headers).toMatchObject({
      authorization: '***',
      'webhook-signature': expect.stringMatching(/^(?=.*v1,)(?=.*v1a,)/),
    });
    const { rows } = await api().sql.query("SELECT encode(headers_box, 'escape') AS headers FROM integrations");
    expect(JSON.stringify(rows)).not.toContain('very-secret');
    expect((await call('DELETE', path)).status).toBe(204);
    expect((await call('GET', path)).status).toBe(404);
  });

  test('that cannot be decrypted are listed with the others, and can be repaired', async () => {
    const { call: ours } = await api().tenant();
    const headers = { authorization: 'Bearer very-secret' };
    const bad = await made(ours('POST', '/v1/integrations', { name: 'bad', dialect: 'standard', headers }));
    const good = await made(ours('POST', '/v1/integrations', { name: 'good', dialect: 'standard', headers }));
    const uuid = bad.id.slice(4);
    await api().sql.query(`UPDATE integrations SET headers_key_id = 'lost' WHERE id = $1`, [uuid]);
    await api().sql.query(`UPDATE secrets SET box = '\\x00' WHERE integration_id = $1`, [uuid]);
    const { status, body } = await ours('GET', '/v1/integrations');
    expect(status).toBe(200);
    expect(body.data).toMatchObject([
      { id: good.id, headers: { authorization: '***' }, warnings: [] },
      { id: bad.id, headers: {}, warnings: [{ pointer: '/headers' }, { pointer: '/secrets/0' }] },
    ]);
    const path = `/v1/integrations/${bad.id}`;
    const preview = await ours('POST', '/v1/subscriptions/preview', { integrationId: bad.id, trigger: 'pass.installed' });
    expect(preview.body).toMatchObject({ status: 409, type: 'urn:passwire:problem:secret-unreadable' });
    const kept = await ours('PATCH', path, { headers: { authorization: '***' } });
    expect(kept.body).toMatchObject({ status: 422, errors: [{ pointer: '/headers/authorization' }] });
    expect((await ours('PATCH', path, { name: 'still bad' })).body.warnings).toHaveLength(2);
    expect((await ours('PATCH', path, { headers })).body.warnings).toMatchObject([{ pointer: '/secrets/0' }]);
    const rotated = await ours('POST', `${path}/rotate-secret`, { kind: 'webhook', overlapHours: 0 });
    expect(rotated.body.warnings).toEqual([]);
  });

  test('rotate: webhook secrets overlap, a vendor’s own is cut over', async () => {
    const integration = await made(call('POST', '/v1/integrations', { name: 'x', dialect: 'passentry' }));
    const path = `/v1/integrations/${integration.id}/rotate-secret`;
    const { body } = await call('POST', path, { kind: 'webhook' });
    const [fresh, old] = secretsOf(body, 'webhook');
    expect(fresh).toMatchObject({ value: expect.stringMatching(/^whsec_/), expiresAt: null });
    expect(fresh?.value).not.toBe(secretsOf(integration, 'webhook')[0]?.value);
    expect(old).toMatchObject({ expiresAt: expect.any(String) });
    expect(old).not.toHaveProperty('value');
    const cut = await call('POST', path, { kind: 'passentry' });
    expect(secretsOf(cut.body, 'passentry')).toHaveLength(1);
    expect(secretsOf(cut.body, 'passentry')[0]?.value).not.toBe(secretsOf(integration, 'passentry')[0]?.value);
    expect((await call('POST', path, { kind: 'passcreator' })).status).toBe(422);
    expect((await call('POST', path, { kind: 'passentry', overlapHours: 1 })).status).toBe(422);
  });

  test('give their public keys', async () => {
    const integration = await made(
      call('POST', '/v1/integrations', { name: 'x', dialect: 'passcreator', asymmetric: true }),
    );
    const { body } = await call('GET', `/v1/integrations/${integration.id}/public-keys`);
    const keys = body.keys as { kind: string; publicKey: string }[];
    expect(keys.map(({ kind }) => kind).toSorted()).toEqual(['passcreator', 'webhook-ed25519']);
    const pem = keys.find(({ kind }) => kind === 'passcreator')?.publicKey ?? '';
    expect(createPublicKey(pem).asymmetricKeyType).toBe('ec');
    expect(keys.find(({ kind }) => kind === 'webhook-ed25519')?.publicKey).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
  });

  test('P15: a retired public key stays listed, because what it signed still goes out', async () => {
    const integration = await made(call('POST', '/v1/integrations', { name: 'x', dialect: 'passcreator' }));
    const path = `/v1/integrations/${integration.id}`;
    const keys = async () =>
      (await call('GET', `${path}/public-keys`)).body.keys as { id: string; retiredAt: string | null }[];
    const [before] = await keys();
    expect(before?.retiredAt).toBeNull();
    expect((await call('POST', `${path}/rotate-secret`, { kind: 'passcreator' })).status).toBe(200);
    const [current, retired, ...others] = await keys();
    expect(others).toEqual([]);
    expect(current).toMatchObject({ retiredAt: null });
    expect(retired).toEqual({ ...before, expiresAt: expect.any(String), retiredAt: expect.any(String) });
    expect((await call('GET', path)).body.secrets.filter(({ id }) => id === before?.id)).toEqual([]);
  });

  test('own secrets without padding get it', async () => {
    const webhook = `whsec_${randomBytes(25).toString('base64')}`;
    const secrets = { webhook: webhook.replace(/=+$/, '') };
    const integration = await made(call('POST', '/v1/integrations', { name: 'x', dialect: 'standard', secrets }));
    expect(secretsOf(integration, 'webhook')[0]?.value).toBe(webhook);
  });

  test('take the tenant’s own secrets', async () => {
    const webhook = `whsec_${randomBytes(24).toString('base64')}`;
    const integration = await made(
      call('POST', '/v1/integrations', { name: 'x', dialect: 'standard', secrets: { webhook } }),
    );
    expect(secretsOf(integration, 'webhook')[0]?.value).toBe(webhook);
  });
});
