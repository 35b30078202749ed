import { beforeAll, expect, test } from 'vitest';
import { useApi } from './api.ts';
import { installed, killed, made, type TenantWithAll, tenantWithAll } from './tenant-with-all.ts';

const api = useApi();
let tenant: TenantWithAll;
let other: TenantWithAll;

beforeAll(async () => {
  tenant = await tenantWithAll(api());
  other = await tenantWithAll(api());
});

const reason = 'test traffic';
const AFTER = { after: '2026-01-01T00:00:00Z' };

/** One more dead letter of a pass. */
async function letterOf(passId: string): Promise<string> {
  const event = await made(tenant.call('POST', '/v1/events', installed(passId)), 202);
  const { data } = await made(tenant.call('GET', `/v1/deliveries?eventId=${event.id}`), 200);
  return killed(api(), data[0]?.id ?? '');
}

const dryRun = (filter: object) => made(tenant.call('POST', '/v1/dead-letters/discard/dry-run', filter), 200);
const discard = (confirmToken: unknown) => tenant.call('POST', '/v1/dead-letters/discard', { confirmToken, reason });
const open = async () => (await made(tenant.call('GET', '/v1/dead-letters?open=true'), 200)).data.map(({ id }) => id);

test('what the dry run counted is discarded, and nothing else', async () => {
  const letters = [await letterOf('p-1'), await letterOf('p-1')];
  const stays = await letterOf('p-2');
  const found = await dryRun({ passId: 'p-1' });
  expect(found).toMatchObject({ count: 2, subscriptions: [{ subscriptionId: tenant.ids.subscription, count: 2 }] });
  expect(await discard(found.confirmToken)).toMatchObject({ status: 200, body: { discarded: 2 } });
  expect(await open()).toContain(stays);
  for (const id of letters) {
    expect(await made(tenant.call('GET', `/v1/dead-letters/${id}`), 200)).toMatchObject({
      closed: { as: 'discarded', reason },
    });
  }
  expect(await dryRun({ passId: 'p-1' })).toMatchObject({ count: 0, confirmToken: null });
});

test('a letter that was written after the dry run stays', async () => {
  const before = await letterOf('p-3');
  const { confirmToken } = await dryRun({ passId: 'p-3' });
  const later = await letterOf('p-3');
  expect(await discard(confirmToken)).toMatchObject({ body: { discarded: 1 } });
  expect(await open()).toContain(later);
  expect(await open()).not.toContain(before);
});

test('when what it found has changed by more than a twentieth, it is 409', async () => {
  const letter = await letterOf('p-4');
  await letterOf('p-4');
  const { confirmToken } = await dryRun({ passId: 'p-4' });
  await made(tenant.call('POST', `/v1/dead-letters/${letter}/discard`, { reason }), 200);
  expect(await discard(confirmToken)).toMatchObject({
    status: 409,
    body: { type: 'urn:passwire:problem:dry-run-outdated' },
  });
});

test.each([
  [{}, ''],
  [{ passId: '' }, '/passId'],
  [{ subscriptionId: 'end_1' }, '/subscriptionId'],
  [{ after: 'yesterday' }, '/after'],
])('a dry run of %j is refused at %j', async (filter, pointer) => {
  expect(await tenant.call('POST', '/v1/dead-letters/discard/dry-run', filter)).toMatchObject({
    status: 422,
    body: { errors: [{ pointer }] },
  });
});

test('a token of another tenant, of a replay or without a reason discards nothing', async () => {
  await letterOf('p-5');
  const before = await open();
  const { confirmToken: theirs } = await made(other.call('POST', '/v1/dead-letters/discard/dry-run', AFTER), 200);
  const { confirmToken: ofReplay } = await made(tenant.call('POST', '/v1/replays/dry-run', AFTER), 200);
  for (const token of [theirs, ofReplay, 'nonsense']) {
    expect(await discard(token)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/confirmToken' }] } });
  }
  const { confirmToken } = await dryRun(AFTER);
  const answer = await tenant.call('POST', '/v1/dead-letters/discard', { confirmToken });
  expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer: '/reason' }] } });
  expect(await open()).toEqual(before);
});
