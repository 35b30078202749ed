import { expect, test } from 'vitest';
import { Outbox } from '../../../../src/api/stream/outbox.ts';
import { newId } from '../../../../src/domain/id.ts';
import type { FeedEntry } from '../../../../src/ports/changes.ts';

const tenantId = newId('tenant', 0);
const endpointId = newId('endpoint', 0);

function entry(sequence: number): FeedEntry {
  return { position: { epoch: 'e', ms: 1, sequence, index: 0 }, change: { kind: 'endpoint', tenantId, endpointId } };
}

function givenOutbox(count: number, matches: (sequence: number) => boolean = () => true): Outbox {
  const outbox = new Outbox();
  for (let sequence = 0; sequence < count; sequence++) outbox.add({ entry: entry(sequence), matches: matches(sequence) });
  return outbox;
}

/** The sequences that are sent in each tick, and what is said to be skipped. */
function ticks(outbox: Outbox, count: number) {
  const sent: number[] = [];
  let skipped = 0;
  let others = 0;
  for (let tick = 0; tick < count; tick++) {
    const taken = outbox.take();
    expect(taken.outgoing.length).toBeLessThanOrEqual(5);
    sent.push(...taken.outgoing.map((one) => one.entry.position.sequence));
    skipped += taken.skipped?.skipped ?? 0;
    others += taken.skipped?.others ?? 0;
  }
  return { sent, skipped, others };
}

test('a burst of a second is spread over it, and nothing of it is skipped', () => {
  expect(ticks(givenOutbox(20), 4)).toEqual({ sent: Array.from({ length: 20 }, (_, at) => at), skipped: 0, others: 0 });
});

test('of more, the newest are sent, in order, and the others are counted', () => {
  const { sent, skipped, others } = ticks(givenOutbox(1000), 8);
  expect(sent).toEqual(Array.from({ length: 25 }, (_, at) => 975 + at));
  expect([skipped, others]).toEqual([975, 0]);
});

test('those that match come before those that do not', () => {
  const { sent, skipped, others } = ticks(
    givenOutbox(1000, (sequence) => sequence % 100 === 0),
    8,
  );
  const matching = Array.from({ length: 10 }, (_, at) => 100 * at);
  expect(sent).toEqual([...matching, ...Array.from({ length: 15 }, (_, at) => 985 + at)]);
  expect([skipped, others]).toEqual([0, 975]);
});

test('counts come once a second', () => {
  const outbox = givenOutbox(1000);
  const counted: number[] = [];
  for (let tick = 0; tick < 12; tick++) {
    for (let more = 0; more < 50; more++) outbox.add({ entry: entry(1000 + tick), matches: true });
    if (outbox.take().skipped) counted.push(tick);
  }
  expect(counted).toEqual([0, 4, 8]);
});

test('what is cleared is neither sent nor counted', () => {
  const outbox = givenOutbox(1000);
  outbox.clear();
  expect(outbox.isEmpty).toBe(true);
  expect(ticks(outbox, 8)).toEqual({ sent: [], skipped: 0, others: 0 });
});
