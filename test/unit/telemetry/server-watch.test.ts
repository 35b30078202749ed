import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type Finding, PARTS } from '../../../src/domain/readiness.ts';
import { ServerWatch } from '../../../src/telemetry/server-watch.ts';
import { RecordingLog } from './recording-log.ts';

const UNAVAILABLE: Finding = {
  part: 'postgres',
  code: 'unavailable',
  effect: 'interrupts',
  detail: 'does not answer',
  advice: 'start it',
};
const UNMIGRATED: Finding = {
  part: 'postgres',
  code: 'migrations',
  effect: 'blocks',
  detail: 'the database lacks a migration',
  advice: 'run npm run migrate',
};

const watches: ServerWatch[] = [];
afterEach(async () => {
  for (const watch of watches.splice(0)) await watch.close();
});

/** A watch over a Postgres with these findings, and a clock that a test sets. */
function givenWatch(findings: Finding[]) {
  const state = { findings, inspections: 0, nowMs: 0 };
  const log = new RecordingLog();
  const postgres = {
    async inspect() {
      state.inspections += 1;
      return { facts: state.findings.length > 0 ? {} : { version: '17.1' }, findings: state.findings };
    },
    close: async () => {},
  };
  const redis = { inspect: async () => ({ facts: { version: '7.4' }, findings: [] }), close: async () => {} };
  const watch = new ServerWatch({ postgres, redis, vital: ['postgres'], log, nowMs: () => state.nowMs });
  watches.push(watch);
  return { watch, state, log };
}

describe('the watch over servers', () => {
  test('logs an outage once, once a minute while it lasts, and when it has ended, with its duration', async () => {
    const { watch, state, log } = givenWatch([]);
    await watch.start();
    expect(log.take()).toEqual(['info servers inspected']);
    state.findings = [UNAVAILABLE];
    for (let second = 1; second <= 125; second++) {
      state.nowMs = second * 1000;
      await watch.readiness();
    }
    expect(log.take()).toEqual([
      'warn Postgres is unavailable. To correct: start it',
      'warn Postgres is unavailable, unchanged. To correct: start it',
      'warn Postgres is unavailable, unchanged. To correct: start it',
    ]);
    state.findings = [];
    state.nowMs = 126_000;
    await watch.readiness();
    expect(log.lines).toEqual([
      {
        level: 'info',
        fields: { part: 'postgres', code: 'unavailable', lastedMs: 125_000 },
        message: 'Postgres is available again',
      },
    ]);
  });

  test('logs the facts of a server when it is found, and when another takes its place', async () => {
    const { watch, state, log } = givenWatch([UNAVAILABLE]);
    await watch.start();
    state.findings = [];
    state.nowMs = 5000;
    await watch.readiness();
    const facts = log.lines.filter(({ message }) => message === 'servers inspected').map(({ fields }) => fields);
    expect(facts).toEqual([
      { postgres: undefined, redis: { version: '7.4' } },
      { postgres: { version: '17.1' }, redis: { version: '7.4' } },
    ]);
  });

  test('does not ask the servers more than once a second', async () => {
    const { watch, state } = givenWatch([]);
    await Promise.all(Array.from({ length: 50 }, () => watch.readiness()));
    await watch.readiness();
    expect(state.inspections).toBe(1);
    state.nowMs = 1000;
    await watch.readiness();
    expect(state.inspections).toBe(2);
  });

  test('names what forbids work, with what to do in the log, and no longer once it is corrected', async () => {
    const { watch, state, log } = givenWatch([UNMIGRATED]);
    expect(await watch.blockedBy()).toBe(UNMIGRATED);
    const message = 'Postgres: the database lacks a migration. No work is taken. To correct: run npm run migrate';
    expect(log.take()).toContain(`error ${message}`);
    state.findings = [];
    state.nowMs = 1000;
    expect(await watch.blockedBy()).toBeUndefined();
    expect(log.take()).toContain('info Resolved: Postgres: the database lacks a migration');
  });

  test('a server that only does not answer forbids nothing: requests find out by themselves', async () => {
    const { watch } = givenWatch([UNAVAILABLE]);
    expect(await watch.blockedBy()).toBeUndefined();
    expect(watch.last().status).toBe('unavailable');
  });

  test('waits until work is possible, or until the process is to end', async () => {
    const { watch, state } = givenWatch([UNMIGRATED]);
    const drained = new AbortController();
    let usable = false;
    const waiting = watch.untilUsable(drained.signal).then(() => {
      usable = true;
    });
    await watch.start();
    await sleep(0);
    expect(usable).toBe(false);
    state.findings = [];
    state.nowMs = 1000;
    await watch.readiness();
    await waiting;
    const other = givenWatch([UNMIGRATED]).watch.untilUsable(drained.signal);
    drained.abort();
    await expect(other).rejects.toThrow('aborted');
  });

  test('explains a failure by an outage, which it looks for at once', async () => {
    const { watch, state } = givenWatch([]);
    await watch.readiness();
    expect(await watch.explains()).toBe(false);
    state.findings = [UNAVAILABLE];
    expect(await watch.explains()).toBe(true);
    const { inspections } = state;
    expect(await watch.explains()).toBe(true);
    expect(state.inspections).toBe(inspections);
  });

  test('explains what fails shortly after an outage too: a command of before it may run out of time then', async () => {
    const { watch, state } = givenWatch([UNAVAILABLE]);
    await watch.readiness();
    state.findings = [];
    state.nowMs = 2000;
    expect(await watch.explains()).toBe(true);
    state.nowMs = 7000;
    expect(await watch.explains()).toBe(false);
  });

  test('reports after each inspection which servers do not answer', async () => {
    const { watch, state } = givenWatch([UNMIGRATED]);
    const reported: string[][] = [];
    watch.onInspection(() => reported.push(PARTS.filter((part) => !watch.answers(part))));
    await watch.readiness();
    state.findings = [UNAVAILABLE];
    state.nowMs = 2000;
    await watch.readiness();
    expect(reported).toEqual([[], ['postgres']]);
  });

  test('is silent once it is stopped: then connections break because they are closed', async () => {
    const { watch, state, log } = givenWatch([]);
    await watch.start();
    log.take();
    watch.stop();
    state.findings = [UNAVAILABLE];
    expect(await watch.explains()).toBe(true);
    await watch.readiness();
    expect(log.take()).toEqual([]);
  });

  test('judges Postgres by itself, even while Redis leaves its inspection without an answer', async () => {
    const state: { findings: Finding[] } = { findings: [] };
    const answered = Promise.withResolvers<void>();
    const watch = new ServerWatch({
      postgres: { inspect: async () => ({ facts: {}, findings: state.findings }), close: async () => {} },
      redis: { inspect: () => answered.promise.then(() => ({ facts: {}, findings: [] })), close: async () => {} },
      vital: ['postgres'],
      log: new RecordingLog(),
    });
    watches.push(watch);
    expect(await watch.isTroubled('postgres')).toBe(false);
    state.findings = [UNAVAILABLE];
    expect(await watch.isTroubled('postgres')).toBe(true);
    answered.resolve();
  });
});
