import { expect, test } from 'vitest';
import { awaitRateSlot } from '../../../src/queue/rate-slot-wait.ts';

const START_MS = 1_000_000;

/** How long an attempt waits for a slot that is `inMs` ahead, when new slots are `reslotsMs` ahead. */
async function wait(inMs: number | undefined, reslotsMs: readonly number[], oversleepsMs: number) {
  let nowMs = START_MS;
  let oversleepMs = oversleepsMs;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms + oversleepMs;
      oversleepMs = 0;
    },
  };
  const left = [...reslotsMs];
  await awaitRateSlot(inMs === undefined ? undefined : START_MS + inMs, clock, async () => {
    const nextInMs = left.shift();
    return nextInMs === undefined ? undefined : nowMs + nextInMs;
  });
  return { waitedMs: nowMs - START_MS, reslots: reslotsMs.length - left.length };
}

test.each<readonly [string, number | undefined, readonly number[], number, { waitedMs: number; reslots: number }]>([
  ['without a rate: not at all', undefined, [100], 0, { waitedMs: 0, reslots: 0 }],
  ['for a slot ahead', 90, [100], 0, { waitedMs: 90, reslots: 0 }],
  ['not for a slot that has just passed', -50, [100], 0, { waitedMs: 0, reslots: 0 }],
  ['for another slot, when it missed its own', -51, [200], 0, { waitedMs: 200, reslots: 1 }],
  ['for another slot, when the process stalled meanwhile', 90, [200], 60, { waitedMs: 350, reslots: 1 }],
  ['not without Redis', -51, [], 0, { waitedMs: 0, reslots: 0 }],
  ['not for ever, when it misses slots again and again', -51, Array(9).fill(-60), 0, { waitedMs: 0, reslots: 6 }],
  ['not so long that its claim might end', 5000, [100], 0, { waitedMs: 0, reslots: 0 }],
])('an attempt waits %s', async (_name, inMs, reslotsMs, oversleepsMs, expected) => {
  expect(await wait(inMs, reslotsMs, oversleepsMs)).toEqual(expected);
});
