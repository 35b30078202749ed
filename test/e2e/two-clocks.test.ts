import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { slowdown } from '../support/busy-machine.ts';
import type { Env } from '../support/node-process.ts';
import { ROOT } from '../support/node-process.ts';
import { usePasswire } from '../support/passwire.ts';

// Workers whose clocks are five seconds ahead of and behind those of Postgres and Redis, so that they differ from each other by
// ten; and an API whose clock is ahead or behind. The sweep, which would make up for what is woken too early, does not run.

const shiftedBy = (ms: number): Env => ({
  NODE_OPTIONS: `--import ${join(ROOT, 'test/support/shifted-clock.ts')}`,
  CLOCK_SHIFT_MS: String(ms),
});
const NO_SWEEP = { RECOVER_INTERVAL_MS: '600000' };
const AHEAD_MS = 5000;

describe.each([
  ['ahead', AHEAD_MS],
  ['behind', -AHEAD_MS],
])('an API and a worker whose clocks are %s, and a worker whose clock is the opposite', (_name, shiftMs) => {
  const passwire = usePasswire({ ...NO_SWEEP, ...shiftedBy(shiftMs) });

  /** @param endpoints each event goes to all of them */
  async function prepare(integration: object, endpoints: number) {
    const worker = await passwire().startWorker(shiftedBy(-shiftMs));
    await worker.waitUntil(() => worker.output.includes('worker started'));
    const tenant = await passwire().makeTenant();
    const templateId = await tenant.makeTemplate();
    const { id: integrationId } = await tenant.makeIntegration({ dialect: 'standard', ...integration });
    const paths = Array.from({ length: endpoints }, (_, n) => `/${tenant.tenantId}/${n}`);
    const trigger = 'pass.created';
    for (const path of paths) {
      await tenant.subscribe({ integrationId, templateId, trigger, url: passwire().receiver.url(path) });
    }
    const emit = (id: string) =>
      tenant.emit({ type: trigger, templateId, occurredAt: '2026-03-01T12:00:00Z', pass: { id } });
    return { paths, emit, worker };
  }

  test('retry when it is time', async () => {
    const { paths, emit, worker } = await prepare({ policy: { retryDelaysMs: [1500] } }, 12);
    const { receiver } = passwire();
    for (const path of paths) receiver.answer(path, { status: 500 }, { status: 204 });
    await emit('pass');
    for (const path of paths) {
      const [first, second] = await receiver.waitFor(path, 2);
      const waitedMs = (second?.atMs ?? Number.NaN) - (first?.atMs ?? Number.NaN);
      expect(waitedMs).toBeGreaterThanOrEqual(1100); // a fifth less by jitter
      expect(waitedMs).toBeLessThan(4000 * slowdown());
    }
    await worker.kill();
  });

  test('keep to the rate', async () => {
    const { paths, emit, worker } = await prepare({ limits: { ratePerSecond: 20, maxInFlight: 20 } }, 1);
    const [path = ''] = paths;
    const count = 60;
    await Promise.all(Array.from({ length: count }, (_, n) => emit(`pass-${n}`)));
    const at = (await passwire().receiver.waitFor(path, count)).map(({ atMs }) => atMs);
    const perSecond = ((count - 1) * 1000) / (Math.max(...at) - Math.min(...at));
    expect(perSecond).toBeLessThan(22);
    expect(perSecond).toBeGreaterThan(15 / slowdown());
    await worker.kill();
  });
});
