import { setTimeout as sleep } from 'node:timers/promises';
import { hasMissedRateSlot } from '../domain/rate-slot.ts';

const MAX_RESLOTS = 5;
/** Waiting longer could outlast the claim; the attempt is then sent without regard to its slot. */
const MAX_WAIT_MS = 5000;

/**
 * Waits for the slot of an attempt in the rate of its endpoint. An attempt that missed its slot (a slow start, a stalled
 * process) takes another, so that late attempts never end in a burst.
 *
 * @param nowMs the clock of the slots: Redis's
 * @param reslot takes another slot; undefined when there is none to be had
 */
export async function awaitRateSlot(
  rateSlotAtMs: number | undefined,
  nowMs: () => number,
  reslot: () => Promise<number | undefined>,
): Promise<void> {
  let atMs = rateSlotAtMs;
  for (let reslots = 0; atMs !== undefined && atMs - nowMs() < MAX_WAIT_MS && reslots <= MAX_RESLOTS; reslots++) {
    await sleep(Math.max(0, atMs - nowMs()));
    if (!hasMissedRateSlot(atMs, nowMs())) return;
    atMs = await reslot();
  }
}
