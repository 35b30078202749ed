import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { quietLog } from '../../../src/telemetry/quiet-log.ts';
import { RecordingLog } from './recording-log.ts';

function givenLog() {
  const state = { explained: false, nowMs: 0 };
  const log = new RecordingLog();
  const quiet = quietLog(
    log,
    async () => state.explained,
    () => state.nowMs,
  );
  return { log, quiet, state };
}

describe('the quiet log', () => {
  test('drops failures that are explained by the state of a server', async () => {
    const { log, quiet, state } = givenLog();
    state.explained = true;
    for (let n = 0; n < 100; n++) {
      quiet.warn({ err: 'ECONNREFUSED' }, 'redis: connection trouble');
      await turn();
    }
    expect(log.lines).toEqual([]);
    state.explained = false;
    quiet.warn({ err: 'ECONNRESET' }, 'redis: connection trouble');
    await turn();
    expect(log.take()).toEqual(['warn redis: connection trouble']);
  });

  test('logs equal failures once a minute, with the number of those in between', async () => {
    const { log, quiet, state } = givenLog();
    for (let n = 0; n < 1000; n++) quiet.warn({ err: `failure ${n}` }, 'trouble');
    quiet.warn({ err: 'x' }, 'other trouble');
    await turn();
    expect(log.lines.splice(0)).toEqual([
      { level: 'warn', fields: { err: 'failure 0' }, message: 'trouble' },
      { level: 'warn', fields: { err: 'x' }, message: 'other trouble' },
    ]);
    state.nowMs = 60_000;
    quiet.warn({ err: 'later' }, 'trouble');
    await turn();
    expect(log.lines).toEqual([{ level: 'warn', fields: { err: 'later', suppressed: 999 }, message: 'trouble' }]);
  });

  test('returns every other error unchanged', () => {
    const { log, quiet } = givenLog();
    quiet.warn({ endpointId: 'a' }, 'endpoint disabled');
    quiet.warn({ endpointId: 'b' }, 'endpoint disabled');
    quiet.info({}, 'started');
    quiet.error({ err: 'e' }, 'a request failed');
    quiet.error({ err: 'e' }, 'a request failed');
    expect(log.take()).toHaveLength(5);
  });
});
