import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type PreviewDeps, preview, previewInputSchema } from '../../../src/admin/preview.ts';
import { makeSecret } from '../../../src/admin/secrets.ts';
import { newId } from '../../../src/domain/id.ts';
import type { Installation } from '../../../src/domain/installations.ts';
import type { DialectName } from '../../../src/domain/integration.ts';
import { SecretBox } from '../../../src/domain/secret-box.ts';
import { SECRET_KINDS } from '../../../src/domain/signing.ts';
import type { EventRecord } from '../../../src/ports/events.ts';
import { box, clock, configOf, makeIntegration, makeTemplate, tenantId } from '../../support/configuration.ts';

const template = makeTemplate({ externalId: 'loyalty', fields: [{ key: 'first_name', sample: 'Ann' }] });

function prepare(dialect: DialectName, past?: EventRecord, known: readonly Installation[] = [], sealing = box) {
  const integration = makeIntegration(dialect, { options: dialect === 'vibes' ? { companyKey: 'k' } : {} });
  const deps: PreviewDeps = {
    integrations: {
      find: async (_tenant, id) => (id === integration.id ? integration : undefined),
      secrets: async () => SECRET_KINDS.map((kind) => makeSecret({ box: sealing, clock }, integration.id, kind)),
    },
    templates: { find: async (_tenant, id) => (id === template.id ? template : undefined) },
    events: {
      find: async (_tenant, id) => (id === past?.id ? past : undefined),
      installations: async () => known,
      list: async () => ({ data: [], nextCursor: undefined }),
    },
    configSource: configOf({ templates: [template], integrations: [integration] }),
    urls: { check: async () => ({ kind: 'unresolvable', detail: 'does not resolve' }) },
    box,
    clock,
  };
  return (input: object, signed?: boolean) =>
    preview(deps, tenantId, previewInputSchema.parse({ integrationId: integration.id, ...input }), signed);
}

const installed = {
  type: 'pass.installed',
  templateId: 'loyalty',
  occurredAt: '2026-01-01T00:00:00Z',
  pass: { id: 'p1', fields: { first_name: 'Bob' } },
  device: { platform: 'apple' },
} as const;
const stored: EventRecord = {
  id: newId('event', 1),
  tenantId,
  templateId: template.id,
  derivedFrom: undefined,
  facts: { ...installed, first: false },
  undelivered: undefined,
  acceptedAt: new Date(0),
};

describe('a preview', () => {
  test('of a sample shows the template’s samples, mapped', async () => {
    const render = prepare('walletthat');
    const mapping = { rename: { first_name: 'name' } };
    const shown = await render({ templateId: template.id, trigger: 'pass.installed', mapping });
    expect(JSON.parse(shown.body)).toMatchObject({ name: 'Ann' });
    expect(shown.headers).toMatchObject({ 'content-type': 'application/json', 'x-webhook-event': 'Pass Installed' });
    expect(shown.warnings).toEqual([]);
  });

  test.each([
    ['standard', {}],
    ['passentry', {}],
    ['passcreator', { signPayload: true }],
  ] as const)('of %s has no signature where they are masked', async (dialect, options) => {
    const render = prepare(dialect, stored);
    const past = { trigger: 'pass.installed', eventId: stored.id, options };
    const [signed, masked] = [await render(past), await render(past, false)];
    const isSignature = (name: string) => /signature$/i.test(name);
    expect(Object.keys(masked.headers)).toEqual(Object.keys(signed.headers));
    for (const [name, value] of Object.entries(masked.headers)) if (isSignature(name)) expect(value).toBe('***');
    expect(signed.headers['webhook-signature']).toMatch(/v1,/);
    const { signature, ...rest } = JSON.parse(masked.body);
    const { signature: made, ...same } = JSON.parse(signed.body);
    expect(rest).toEqual(same);
    expect(signature).toBe(made && '***');
  });

  test('is refused when a secret cannot be opened', async () => {
    const lost = new SecretBox([{ id: 'lost', key: randomBytes(32) }]);
    const render = prepare('standard', undefined, [], lost);
    await expect(render({ trigger: 'pass.installed' })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'secret-unreadable',
    });
  });

  test('without a template takes one of the tenant’s', async () => {
    const shown = await prepare('walletthat')({ trigger: 'pass.installed' });
    expect(JSON.parse(shown.body)).toMatchObject({ first_name: 'Ann' });
  });

  test('of a given and of a past event', async () => {
    const render = prepare('walletthat', stored);
    const expected = '{"pass-id":"p1","pass-template-id":"loyalty","first_name":"Bob"}';
    expect((await render({ trigger: 'pass.installed', event: installed })).body).toBe(expected);
    expect((await render({ trigger: 'pass.installed', eventId: stored.id })).body).toBe(expected);
  });

  test('takes a given install for the first, but not a past one that was not', async () => {
    const render = prepare('passcreator', stored);
    const shown = await render({ trigger: 'pass.first_installed', event: installed });
    expect(shown.headers['x-webhook-event']).toBe('first_pushnotification_registered');
    await expect(render({ trigger: 'pass.first_installed', eventId: stored.id })).rejects.toMatchObject({
      fields: [{ pointer: '/eventId' }],
    });
  });

  test('warns of a URL that does not resolve', async () => {
    const shown = await prepare('walletthat')({ trigger: 'pass.installed', url: 'https://a.invalid/' });
    expect(shown.warnings).toEqual([{ pointer: '/url', detail: 'does not resolve' }]);
  });

  test.each<[DialectName, object, string]>([
    ['walletthat', { trigger: 'pass.scanned' }, '/trigger'],
    ['walletthat', { trigger: 'pass.created', event: installed }, '/event/type'],
    ['walletthat', { trigger: 'pass.installed', event: { ...installed, templateId: 'x' } }, '/event/templateId'],
    ['walletthat', { trigger: 'pass.installed', event: { ...installed, passs: 1 } }, '/event/passs'],
    ['walletthat', { trigger: 'pass.installed', event: installed, eventId: stored.id }, '/eventId'],
    ['walletthat', { trigger: 'pass.installed', eventId: newId('event', 9) }, '/eventId'],
    ['walletthat', { trigger: 'pass.installed', eventId: 'nonsense' }, '/eventId'],
    ['walletthat', { trigger: 'pass.installed', templateId: 'nonsense' }, '/templateId'],
    ['walletthat', { trigger: 'pass.installed', knownFields: ['first_name'] }, '/knownFields'],
    ['vibes', { trigger: 'pass.installed', event: { ...installed, device: { platform: 'other', os: 'x' } } }, '/event'],
  ])('%s %j is refused at %s', async (dialect, input, pointer) => {
    await expect(prepare(dialect)(input)).rejects.toMatchObject({ kind: 'invalid', fields: [{ pointer }] });
  });

  const elsewhere: Installation = {
    tenantId,
    passId: 'p1',
    installId: 'other',
    active: true,
    registeredAt: '2025-01-01T00:00:00Z',
    unregisteredAt: undefined,
    installedAt: '2025-01-01T00:00:00Z',
    removedAt: undefined,
    platform: 'google',
    os: undefined,
  };

  test('of a given install has the counts that its delivery would have', async () => {
    const input = { templateId: template.id, trigger: 'pass.installed', event: installed };
    const first = JSON.parse((await prepare('passcreator')(input)).body);
    expect(first).toMatchObject({ noOfActivePasses: 1, noOfInactivePasses: 0 });
    const second = JSON.parse((await prepare('passcreator', undefined, [elsewhere])(input)).body);
    expect(second).toMatchObject({ noOfActivePasses: 2, noOfInactivePasses: 0 });
  });

  test('of a given scan without a device has the known one', async () => {
    const { device: _device, ...rest } = installed;
    const scan = { type: 'barcode', value: 'x', validationType: 'internalValidation', status: 'successful' };
    const input = { templateId: template.id, trigger: 'pass.scanned', event: { ...rest, type: 'pass.scanned', scan } };
    const { body } = await prepare('passentry', undefined, [elsewhere])(input);
    expect(JSON.parse(body).included[1].attributes).toMatchObject({
      deviceType: 'android',
      addedAt: '2025-01-01T00:00:00Z',
    });
  });

  test('V14: an address that the vendor would refuse is refused', async () => {
    const of = (length: number) => `https://example.com/${'x'.repeat(length - 'https://example.com/'.length)}`;
    const input = { templateId: template.id, trigger: 'pass.installed' };
    const errors = { fields: [{ pointer: '/url', detail: expect.stringContaining('1024') }] };
    await expect(prepare('vibes')({ ...input, url: of(1025) })).rejects.toMatchObject(errors);
    expect((await prepare('vibes')({ ...input, url: of(1024) })).url).toHaveLength(1024);
    expect((await prepare('standard')({ ...input, url: of(1025) })).url).toHaveLength(1025);
  });
});
