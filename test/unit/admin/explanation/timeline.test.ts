import { expect, test } from 'vitest';
import { nextAttempt } from '../../../../src/admin/explanation/next-attempt.ts';
import { timelineOf } from '../../../../src/admin/explanation/timeline.ts';
import { newId } from '../../../../src/domain/id.ts';
import { answered, at, type Case, change, factsOf, LETTER, LIVE, NOW } from './facts.ts';

const texts = (given: Case) => timelineOf(factsOf(given)).map(({ text }) => text);
const MINUTE_MS = 60_000;

test('what happened stands in its order, then what is planned', () => {
  const attempts = [answered(1, '13:58:14', 503, { totalMs: 212 }), answered(2, '14:00:00', 503)];
  const given: Case = {
    state: 'retrying',
    attempts,
    dueInMs: 28 * MINUTE_MS,
    course: { attemptsBefore: 1, changes: [change('retried', '13:59:59', { attempts: 1, by: 'jane' })] },
  };
  expect(texts(given)).toEqual([
    'accepted (event)',
    'attempt 1: 503 in 212 ms',
    'retried by the key "jane"',
    'attempt 2, by hand: 503 in 182 ms',
    'attempt 3 of 11',
    'last attempt, about this time',
  ]);
  expect(timelineOf(factsOf(given)).map(({ isPlanned }) => isPlanned)).toEqual([false, false, false, false, true, true]);
});

test('a replay keeps how the delivery had ended before', () => {
  const was = { state: 'cancelled', at: at('10:00:00'), reason: 'cancelled on request', by: 'jane' } as const;
  const course = {
    attemptsBefore: 0,
    changes: [change('replayed', '11:00:00', { by: 'ci', was })],
    letters: [{ ...LETTER, closed: { as: 'discarded', by: 'jane', reason: undefined, at: at('10:30:00') } as const }],
  };
  const delivery = { endedAt: at('11:00:01') };
  expect(texts({ state: 'succeeded', attempts: [answered(1, '11:00:00', 200)], course, delivery })).toEqual([
    'accepted (event)',
    'cancelled by the key "jane": cancelled on request',
    'dead letter discarded by the key "jane"',
    'attempt 1: 200 in 182 ms',
    'replayed by the key "ci"',
    'delivered',
  ]);
});

test('being held, released and rendered anew are entries; what it waits for now has no time', () => {
  const as = newId('delivery', 3);
  const changes = [
    change('held', '09:00:00', { reason: 'failing' }),
    change('released', '09:10:00'),
    change('brought_forward', '09:11:00'),
    change('rendered_anew', '09:12:00', { by: 'jane', as }),
  ];
  const given: Case = { state: 'parked', dueInMs: 0, course: { changes }, facts: { live: { ...LIVE, breaker: 'open' } } };
  expect(texts(given)).toEqual([
    'accepted (event)',
    'held, because its subscription was disabled (failing)',
    'released, because its subscription was enabled',
    'retry brought forward, because its endpoint was enabled',
    `rendered anew as ${as} by the key "jane"`,
    'due, but waits: hooks.example.com is failing',
    'attempt 1 of 10',
  ]);
  expect(timelineOf(factsOf(given)).find(({ kind }) => kind === 'parked')?.at).toBeUndefined();
});

test.each<[string, Case, object | undefined]>([
  ['a retry', { state: 'retrying', dueInMs: 5000 }, { inMs: 5000, reason: 'retry' }],
  [
    'a retry that the receiver asked for',
    { state: 'retrying', dueInMs: 5000, attempts: [answered(1, '14:00:00', 429, { headers: { 'retry-after': '60' } })] },
    { inMs: 5000, reason: 'retry-after' },
  ],
  ['due', { state: 'pending', dueInMs: -3 }, { inMs: 0, reason: 'due' }],
  [
    'the end of a breaker',
    { state: 'parked', dueInMs: -3, facts: { live: { ...LIVE, breaker: 'open', pausedUntil: NOW, pausedForMs: 72_000 } } },
    { inMs: 72_000, reason: 'breaker' },
  ],
  [
    'the end of a pause',
    { state: 'parked', dueInMs: -3, facts: { live: { ...LIVE, pausedUntil: NOW, pausedForMs: 1000 } } },
    { inMs: 1000, reason: 'pause' },
  ],
  ['held', { state: 'held' }, undefined],
  ['ended', { state: 'succeeded' }, undefined],
])('next: %s', (_name, given, next) => {
  if (next === undefined) expect(nextAttempt(factsOf(given))).toBeUndefined();
  else expect(nextAttempt(factsOf(given))).toMatchObject(next);
});
