import { expect, test } from 'vitest';
import { Unbuildable, windowOf } from '../../../src/dialects/dialect.ts';
import { vibes } from '../../../src/dialects/vibes.ts';
import { isWithin } from '../../../src/domain/time-window.ts';
import { APPLE, accepted, bodyOf, GOOGLE, OTHER, OUR_UUID, SAMSUNG, template, textOf } from './bodies.ts';

interface VibesBody {
  readonly event_id: string;
  readonly event_date: string;
  readonly wallet_instance: Readonly<Record<string, unknown>>;
  readonly wallet_item: Readonly<Record<string, unknown>>;
  readonly wallet_campaign: Readonly<Record<string, unknown>>;
}

const INSTALL = { type: 'pass.installed', device: APPLE };
const REMOVE = { type: 'pass.uninstalled', device: APPLE };

function body(posted: object, setting = {}): VibesBody {
  return bodyOf<VibesBody>('vibes', accepted(posted), setting);
}

test('V1, V2, V3: one object, no comments, JSON null', () => {
  const text = textOf('vibes', accepted(INSTALL));
  expect(JSON.stringify(JSON.parse(text))).toBe(text);
  expect(text).toContain('"unregistered_at":null');
});

test.each([
  [INSTALL, 'wallet_item_install'],
  [REMOVE, 'wallet_item_remove'],
])('V4: %o has callback_type and event_type, after event_id', (posted, type) => {
  const sent = body(posted);
  expect(Object.keys(sent).slice(0, 3)).toEqual(['event_id', 'callback_type', 'event_type']);
  expect(sent).toMatchObject({ callback_type: type, event_type: type });
});

test('V6: the id is the producer own when it is a UUID, else ours', () => {
  const uuid = '5725C57E-f4bf-47e3-8b1f-6b47e532157a';
  expect(body({ ...INSTALL, id: uuid }).event_id).toBe(uuid);
  expect(body({ ...INSTALL, id: 'order-17' }).event_id).toBe(OUR_UUID);
  expect(body(INSTALL).event_id).toBe(OUR_UUID);
});

test('V7: every instant is its own, in UTC with milliseconds', () => {
  const sent = body({
    type: 'pass.uninstalled',
    occurredAt: '2018-05-07T17:27:33.6649+02:00',
    pass: { id: 'p', expiresAt: '2017-01-14T14:30:00Z' },
    device: { ...APPLE, registeredAt: '2019-01-01T00:00:00.5Z', unregisteredAt: '2018-01-14T14:30:00Z' },
  });
  expect(sent.event_date).toBe('2018-05-07T15:27:33.664Z');
  expect(sent.wallet_instance).toMatchObject({
    registered_at: '2019-01-01T00:00:00.500Z',
    unregistered_at: '2018-01-14T14:30:00.000Z',
  });
  expect(sent.wallet_item.expiration_date).toBe('2017-01-14T14:30:00.000Z');
});

test('V7: occurredAt stands in for the time of an install, or of a removal, only', () => {
  expect(body(INSTALL).wallet_instance).toMatchObject({ registered_at: '2026-03-01T12:00:00.000Z', unregistered_at: null });
  expect(body(REMOVE).wallet_instance).toMatchObject({ registered_at: null, unregistered_at: '2026-03-01T12:00:00.000Z' });
});

test('an install never shows a removal', () => {
  const device = { ...APPLE, unregisteredAt: '2018-01-14T14:30:00Z' };
  expect(body({ ...INSTALL, device }).wallet_instance.unregistered_at).toBeNull();
});

test('V8: ids are opaque', () => {
  const sent = body({ ...INSTALL, pass: { id: 'j8hddfgu65-349d', userProvidedId: 'item 1' } });
  expect(sent.wallet_item).toMatchObject({ wallet_object_uid: 'j8hddfgu65-349d', uuid: 'item 1' });
});

test('V9: the campaign URL ends with a slash, the item URL does not; segments are encoded', () => {
  const sent = body(
    { ...INSTALL, pass: { id: 'a/b?c#d é' } },
    { template: template({ externalId: 'to/ken' }), options: { companyKey: 'my co' } },
  );
  expect(sent.wallet_campaign).toMatchObject({ token: 'to/ken', url: '/companies/my%20co/campaigns/wallet/to%2Fken/' });
  expect(sent.wallet_item.url).toBe('/companies/my%20co/campaigns/wallet/to%2Fken/items/a%2Fb%3Fc%23d%20%C3%A9');
});

test('V12: the providers are google and apple; another platform cannot be expressed', () => {
  expect(body(INSTALL).wallet_instance.provider).toBe('apple');
  expect(body({ ...INSTALL, device: GOOGLE }).wallet_instance.provider).toBe('google');
  expect(() => body({ ...INSTALL, device: OTHER })).toThrow(Unbuildable);
  expect(() => body({ ...INSTALL, device: SAMSUNG })).toThrow(/not the platform "samsung" \(Samsung Wallet\)/);
});

test('V13 and 1.2.5: what is absent is null, but a token without a value is left out', () => {
  const sent = body(
    { ...INSTALL, device: { platform: 'apple' }, pass: { id: 'p', fields: { points: 7 } } },
    { template: template({ fields: [{ key: 'points' }, { key: 'name' }] }) },
  );
  expect(sent.wallet_item).toMatchObject({ uuid: 'p', expiration_date: null, tokens: { points: '7' } });
  expect(sent.wallet_item.tokens).not.toHaveProperty('name');
  expect(sent.wallet_instance.wallet_instance_uid).toBeNull();
  expect(sent.wallet_campaign.wallet_campaign_uid).toBeNull();
});

test('1.2.5: tokens of none is an empty object, and an empty text is a value', () => {
  const setting = { template: template({ fields: [{ key: 'a' }, { key: 'b' }] }) };
  const tokens = (fields?: object) =>
    JSON.stringify(body({ ...INSTALL, pass: { id: 'p', ...(fields && { fields }) } }, setting).wallet_item.tokens);
  expect(tokens()).toBe('{}');
  expect(tokens({ a: null, b: null, other: null })).toBe('{}');
  expect(tokens({ b: '', other: 0 })).toBe('{"b":"","other":"0"}');
});

test('V7: with instants as published, all but event_date are to the minute', () => {
  const device = { ...APPLE, registeredAt: '2017-01-14T15:30:59.999+01:00' };
  const event = {
    ...INSTALL,
    occurredAt: '2018-05-07T15:27:33.664Z',
    device,
    pass: { id: 'p', expiresAt: '2017-01-14T14:30:31Z' },
  };
  const sent = body(event, { options: { companyKey: 'k', instants: 'asPublished' } });
  expect([sent.event_date, sent.wallet_instance.registered_at, sent.wallet_item.expiration_date]).toEqual([
    '2018-05-07T15:27:33.664Z',
    '2017-01-14T14:30Z',
    '2017-01-14T14:30Z',
  ]);
});

test('a window that ends before it starts is refused', () => {
  const parse = (startsAt: string, endsAt: string) =>
    vibes.subscriptionOptions.safeParse({ startsAt, endsAt }).error?.issues.map(({ path }) => path.join('/'));
  expect(parse('2026-03-01T12:00:00Z', '2026-03-01T12:59:59+01:00')).toEqual(['endsAt']);
  expect(parse('2026-03-01T12:00:00Z', '2026-03-01T13:00:00+01:00')).toBeUndefined();
});

test('V14: an address is at most 1,024 characters long', () => {
  expect(vibes.maxUrlLength).toBe(1024);
});

test('a template without campaignUid is warned about', () => {
  expect(vibes.warn?.(template())).toContain('wallet_campaign_uid is sent as null');
  expect(vibes.warn?.(template({ vendor: { vibes: { campaignUid: 'uid' } } }))).toBeUndefined();
});

test('campaign ids of Vibes own win over the external id', () => {
  const own = { externalId: 'ext', vendor: { vibes: { campaignToken: 'r3zhm8', campaignUid: 'uid' } } };
  expect(body(INSTALL, { template: template(own) }).wallet_campaign).toMatchObject({
    token: 'r3zhm8',
    wallet_campaign_uid: 'uid',
  });
});

test('a subscription sets method, content type and window', () => {
  const options = (input: object) => vibes.subscriptionOptions.parse(input);
  expect(vibes.request?.(options({}), { companyKey: 'c', instants: 'milliseconds' })).toEqual({
    method: 'POST',
    contentType: 'application/json',
  });
  expect(
    vibes.request?.(options({ method: 'PUT', contentType: 'text/json' }), { companyKey: 'c', instants: 'milliseconds' }),
  ).toEqual({
    method: 'PUT',
    contentType: 'text/json',
  });
  expect(vibes.subscriptionOptions.safeParse({ method: 'PATCH' }).success).toBe(false);
});

test.each([
  [{}, true],
  [{ startsAt: '2026-03-01T12:00:00Z' }, true],
  [{ startsAt: '2026-03-01T12:00:00.001Z' }, false],
  [{ endsAt: '2026-03-01T12:00:00Z' }, false],
  [{ endsAt: '2026-03-01T14:00:00.001+02:00' }, true],
  [{ startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-02-01T00:00:00Z' }, false],
])('the window %o is open at noon: %s', (window, isOpen) => {
  const options = vibes.subscriptionOptions.parse(window);
  expect(isWithin(windowOf(vibes, options), Date.UTC(2026, 2, 1, 12))).toBe(isOpen);
});

test('the company key is required', () => {
  expect(vibes.options.safeParse({}).success).toBe(false);
});

test('the pass id is named for the warning', () => {
  expect(vibes.passIdPaths('pass.installed')).toEqual(['/wallet_item/uuid']);
});
