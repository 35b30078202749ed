import { randomBytes } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { keepBlanked, openHeaders, sealHeaders } from '../../../src/admin/extra-headers.ts';
import { createIntegration, newIntegrationSchema } from '../../../src/admin/integrations.ts';
import { makeSecret, ownSecretsSchema, rotateSecret } from '../../../src/admin/secrets.ts';
import { checkInput } from '../../../src/domain/check-input.ts';
import type { TenantId } from '../../../src/domain/id.ts';
import type { DialectName, StoredSecret } from '../../../src/domain/integration.ts';
import type { IntegrationStore } from '../../../src/ports/configuration.ts';
import { bounds, box, clock, makeIntegration, tenantId } from '../../support/configuration.ts';

const base64 = (length: number) => randomBytes(length).toString('base64');

describe('own webhook secrets', () => {
  test.each([24, 32, 64])('%i bytes are accepted', (length) => {
    expect(ownSecretsSchema.safeParse({ webhook: `whsec_${base64(length)}` }).success).toBe(true);
  });

  test('without padding are padded, since some libraries do not load them', async () => {
    for (const bytes of [25, 26, 32]) {
      const webhook = `whsec_${base64(bytes)}`;
      const { value, sealed } = makeSecret(
        { box, clock },
        makeIntegration('standard').id,
        'webhook',
        webhook.replace(/=+$/, ''),
      );
      expect([value, box.open(sealed)]).toEqual([webhook, webhook]);
    }
  });

  test.each([
    ['too short', `whsec_${base64(23)}`],
    ['too long', `whsec_${base64(65)}`],
    ['no prefix', base64(32)],
    ['no base64', `whsec_${'!'.repeat(44)}`],
    ['base64 with a newline', `whsec_${base64(32)}\n`],
  ])('%s is refused', (_why, webhook) => {
    expect(ownSecretsSchema.safeParse({ webhook }).success).toBe(false);
  });
});

describe('a new integration', () => {
  const create = async (dialect: DialectName, more: object = {}) => {
    const integrations = { create: async (row: unknown) => row } as unknown as IntegrationStore;
    const input = newIntegrationSchema.parse({ name: 'a', dialect, ...more });
    return createIntegration({ integrations, bounds, box, clock }, tenantId, input);
  };

  test.each<[DialectName, object, string[]]>([
    ['walletthat', {}, ['webhook']],
    ['passentry', {}, ['webhook', 'passentry']],
    ['passcreator', {}, ['webhook', 'passcreator']],
    ['standard', { asymmetric: true }, ['webhook', 'webhook-ed25519']],
    ['passcreator', { asymmetric: true }, ['webhook', 'webhook-ed25519', 'passcreator']],
  ])('%s %j has the secrets %j', async (dialect, more, kinds) => {
    const { secrets } = await create(dialect, more);
    expect(secrets.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('private keys are never shown', async () => {
    const { secrets } = await create('passcreator', { asymmetric: true });
    const shown = secrets.filter(({ value }) => value !== undefined);
    expect(shown.map(({ kind }) => kind)).toEqual(['webhook']);
    expect(secrets.filter(({ publicKey }) => publicKey !== undefined)).toHaveLength(2);
  });

  test('takes the tenant’s own secrets', async () => {
    const webhook = `whsec_${base64(24)}`;
    const { secrets } = await create('passentry', { secrets: { webhook, passentry: 'our old secret' } });
    expect(secrets.map(({ value }) => value)).toEqual([webhook, 'our old secret']);
    expect(secrets.map(({ sealed }) => box.open(sealed))).toEqual([webhook, 'our old secret']);
    await expect(
      create('vibes', { options: { companyKey: 'k' }, secrets: { passentry: 'our old secret' } }),
    ).rejects.toMatchObject({
      fields: [{ pointer: '/secrets/passentry' }],
    });
  });

  test('options are the dialect’s', async () => {
    expect(checkInput(newIntegrationSchema, { name: 'x', dialect: 'vibes' })).toMatchObject({
      errors: [{ pointer: '/options/companyKey' }],
    });
    const options = { barcodeShape: 'square' };
    expect(checkInput(newIntegrationSchema, { name: 'x', dialect: 'passentry', options })).toMatchObject({
      errors: [{ pointer: '/options/barcodeShape' }],
    });
    const { integration } = await create('walletthat-postback');
    expect(integration.options).toEqual({ exact200: false, origin: 'wallet' });
  });
});

describe('rotation', () => {
  const HOUR_MS = 3_600_000;

  function store(dialect: DialectName) {
    const integration = makeIntegration(dialect);
    const stored: StoredSecret[] = [makeSecret({ box, clock }, integration.id, 'webhook')];
    const rotate = vi.fn(async (_tenant: unknown, fresh: StoredSecret, _overlapMs: number) => {
      stored.unshift(fresh);
      return integration;
    });
    return {
      integration,
      rotate,
      deps: {
        integrations: { find: async () => integration, secrets: async () => stored, rotate },
        configSource: { load: async () => undefined, existing: async () => new Set<TenantId>() },
        deliveries: { countBuilt: async () => 0 },
        bounds,
        box,
        clock,
      },
    };
  }

  test.each<[DialectName, object, number]>([
    ['walletthat', { kind: 'webhook' }, 24 * HOUR_MS],
    ['walletthat', { kind: 'webhook', overlapHours: 2 }, 2 * HOUR_MS],
    ['walletthat', { kind: 'webhook', overlapHours: 0 }, 0],
    ['walletthat', { kind: 'webhook-ed25519' }, 24 * HOUR_MS],
    ['passentry', { kind: 'passentry' }, 0],
    ['passcreator', { kind: 'passcreator', overlapHours: 0 }, 0],
  ])('%s %j overlaps for %i ms', async (dialect, rotation, overlapMs) => {
    const { integration, deps, rotate } = store(dialect);
    const { secrets } = await rotateSecret(deps, tenantId, integration.id, rotation as Parameters<typeof rotateSecret>[3]);
    expect(rotate.mock.calls[0]?.[2]).toBe(overlapMs);
    expect(secrets.map(({ value }) => value !== undefined)).toEqual([secrets[0]?.publicKey === undefined, false]);
  });

  test.each<[DialectName, object, string]>([
    ['walletthat', { kind: 'passentry' }, '/kind'],
    ['passentry', { kind: 'passentry', overlapHours: 1 }, '/overlapHours'],
  ])('%s %j is refused at %s', async (dialect, rotation, pointer) => {
    const { integration, deps, rotate } = store(dialect);
    const rotating = rotateSecret(deps, tenantId, integration.id, rotation as Parameters<typeof rotateSecret>[3]);
    await expect(rotating).rejects.toMatchObject({ fields: [{ pointer }] });
    expect(rotate).not.toHaveBeenCalled();
  });
});

describe('extra headers', () => {
  test('are sealed, and a blanked value stays what it was', () => {
    const sealed = sealHeaders(box, { 'X-Key': 'abc' });
    const present = openHeaders(box, { headers: sealed });
    expect(present).toEqual({ 'X-Key': 'abc' });
    expect(keepBlanked(present, { 'x-key': '***', other: 'b' })).toEqual({ 'x-key': 'abc', other: 'b' });
    expect(sealHeaders(box, {})).toBeUndefined();
    expect(() => keepBlanked(present, { 'a/b': '***' })).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ pointer: '/headers/a~1b' })] }),
    );
  });
});
