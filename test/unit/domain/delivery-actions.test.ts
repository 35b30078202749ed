import { expect, test } from 'vitest';
import { DELIVERY_STATES, type DeliveryState } from '../../../src/domain/delivery.ts';
import { type ActionFacts, refusalOf } from '../../../src/domain/delivery-actions.ts';
import { newId } from '../../../src/domain/id.ts';

const facts = (state: DeliveryState, course: Partial<ActionFacts['course']> = {}, test = false): ActionFacts => ({
  delivery: { state, test },
  course: { dueInMs: 1000, letters: [], isSubscriptionGone: false, isEventStored: true, ...course },
});
const codeOf = (...[action, of]: Parameters<typeof refusalOf>) => refusalOf(action, of)?.code;
const ENDED: readonly DeliveryState[] = ['succeeded', 'dead', 'cancelled'];

test.each(DELIVERY_STATES)('%s', (state) => {
  const hasEnded = ENDED.includes(state);
  expect(codeOf('retry', facts(state))).toBe(state === 'retrying' ? undefined : 'not-retrying');
  expect(codeOf('replay_same', facts(state))).toBe(hasEnded ? undefined : 'still-open');
  expect(codeOf('cancel', facts(state))).toBe(hasEnded || state === 'delivering' ? 'not-cancellable' : undefined);
  expect(codeOf('replay_fresh', facts(state))).toBeUndefined();
});

test('a retry that is due already is not brought forward', () => {
  expect(refusalOf('retry', facts('retrying', { dueInMs: 0 }))?.detail).toContain('is due already');
});

test.each([
  ['replay_same', facts('dead', {}, true), 'not-replayable'],
  ['replay_fresh', facts('dead', {}, true), 'not-replayable'],
  ['replay_same', facts('dead', { isSubscriptionGone: true }), 'subscription-gone'],
  ['replay_fresh', facts('dead', { isSubscriptionGone: true }), 'subscription-gone'],
  ['replay_fresh', facts('dead', { isEventStored: false }), 'event-gone'],
  ['replay_same', facts('dead', { isEventStored: false }), undefined],
  ['discard', facts('dead'), 'already-closed'],
] as const)('%s: %#', (action, given, code) => {
  expect(codeOf(action, given)).toBe(code);
});

test('what was removed cannot be sent again, unless retention removed it and a dead letter may still have it', () => {
  const removed = (reason: 'retention' | 'erasure', letters: ActionFacts['course']['letters'] = []): ActionFacts => {
    const { delivery, course } = facts('dead', { letters, isEventStored: false });
    return { delivery: { ...delivery, removed: { reason, at: new Date('2026-11-03T09:00:00Z') } }, course };
  };
  const letter = { id: newId('deadLetter', 1), createdAt: new Date(1), closed: undefined };
  expect(refusalOf('replay_same', removed('erasure', [letter]))).toEqual({
    code: 'content-removed',
    detail: 'What was to be sent was erased on request, on 2026-11-03: it cannot be sent again.',
  });
  expect(codeOf('replay_fresh', removed('erasure'))).toBe('content-removed');
  expect(codeOf('replay_same', removed('retention'))).toBe('content-removed');
  expect(codeOf('replay_same', removed('retention', [letter]))).toBeUndefined();
  expect(codeOf('replay_fresh', removed('retention'))).toBe('event-gone');
});

test('an open dead letter can be discarded', () => {
  const letter = { id: newId('deadLetter', 1), createdAt: new Date(1), closed: undefined };
  const closed = { ...letter, closed: { as: 'discarded', by: 'jane', reason: undefined, at: new Date(2) } as const };
  expect(codeOf('discard', facts('dead', { letters: [closed, letter] }))).toBeUndefined();
  expect(codeOf('discard', facts('dead', { letters: [closed] }))).toBe('already-closed');
});
