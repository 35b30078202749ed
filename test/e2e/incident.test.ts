import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { ROOT } from '../support/node-process.ts';
import { usePasswire } from '../support/passwire.ts';

// The story of docs/support.md, told with its commands.

const passwire = usePasswire();

test('an endpoint breaks and is disabled; support finds, explains, enables, counts and replays: every event arrives once', async () => {
  const tenant = await passwire().makeTenant();
  const templateId = await tenant.makeTemplate();
  const { receiver, admin, api } = passwire();
  const { key } = await admin.ok<{ key: string }>('POST', '/v1/api-keys', { name: 'desk', role: 'support' });
  const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', policy: { retryDelaysMs: [] } });
  const path = `/${tenant.tenantId}/hook`;
  await tenant.subscribe({ integrationId, templateId, trigger: 'pass.created', url: receiver.url(path) });
  const emit = (from: number, count: number) =>
    tenant.ok('POST', '/v1/events/batch', {
      events: Array.from({ length: count }, (_, index) => ({
        type: 'pass.created',
        templateId: 'loyalty',
        occurredAt: '2026-03-01T12:00:00Z',
        pass: { id: `p-${from + index}` },
      })),
    });
  const run = async (...args: readonly string[]) => {
    const env = { PATH: process.env.PATH, PASSWIRE_URL: api.url, PASSWIRE_KEY: key, PASSWIRE_TENANT: tenant.tenantId };
    const child = spawn(process.execPath, [join(ROOT, 'cli/main.ts'), ...args, '--json'], { env });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, out, err };
  };
  const rows = async (...args: readonly string[]) => {
    const { out } = await run(...args);
    return out.trim() === ''
      ? []
      : out
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Record<string, string>);
  };
  const inState = async (state: string) => (await rows('deliveries', 'list', '--state', state, '--all')).length;

  // it breaks: errors at first, then 410
  receiver.answer(path, { status: 500 });
  await emit(0, 8);
  await expect.poll(() => inState('dead'), { timeout: 60_000 }).toBe(8);
  receiver.answer(path, { status: 410 });
  await emit(8, 1);
  const endpoint = async () => (await rows('endpoints', 'list'))[0];
  await expect.poll(async () => (await endpoint())?.state, { timeout: 60_000 }).toBe('disabled');
  await emit(9, 6);
  await expect.poll(() => inState('held'), { timeout: 60_000 }).toBe(6);

  // the tenant repairs it; support finds and explains
  receiver.answer(path, { status: 200 });
  const brokenUntil = receiver.at(path).length;
  const [dead] = await rows('deliveries', 'list', '--state', 'dead', '--limit', '1');
  const shown = JSON.parse((await run('deliveries', 'show', dead?.id ?? '')).out) as { attempts: object[] };
  expect(shown.attempts).toMatchObject([{ verdict: 'permanent', outcome: { status: 410 } }]);
  await run('endpoints', 'enable', (await endpoint())?.id ?? '');
  await expect.poll(() => inState('succeeded'), { timeout: 60_000 }).toBe(6);

  const start = ['endpoints', 'recover', (await endpoint())?.id ?? '', '--rate', '100'];
  const dryRun = await run(...start, '--dry-run');
  expect(JSON.parse(dryRun.out)).toMatchObject({ count: 9, endpoints: [{ states: { dead: 9 } }] });
  const replay = await run(...start, '--yes');
  expect(replay.code, replay.err).toBe(0);
  expect(JSON.parse(replay.out)).toMatchObject({ state: 'done', sent: 9, delivered: 9, failed: 0, left: 0 });

  const accepted = receiver.at(path).slice(brokenUntil);
  const passes = accepted.map(({ text: body }) => (JSON.parse(body) as { data: { pass: { id: string } } }).data.pass.id);
  expect(passes.toSorted()).toEqual(Array.from({ length: 15 }, (_, number) => `p-${number}`).toSorted());
  expect(new Set(accepted.map(({ headers }) => headers['webhook-id'])).size).toBe(15);
  const again = await run(...start, '--yes');
  expect([again.code, again.err]).toEqual([1, expect.stringContaining('Nothing matches, so nothing was started.')]);
});
