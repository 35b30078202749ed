import { hasMissedRateSlot } from '../domain/rate-slot.ts';

const MAX_RESLOTS = 5;
/** Waiting longer could outlast the claim; the attempt is then sent without regard to its slot. */
const MAX_WAIT_MS = 5000;

/** The clock that rate slots are instants of: Redis's. */
export interface SlotClock {
  nowMs(): number;
  sleep(ms: number): Promise<unknown>;
}

/**
 * Waits for the slot of an attempt in the rate of its endpoint. An attempt that missed its slot (a slow start, a stalled
 * process) takes another, so that late attempts never end in a burst.
 *
 * @param reslot takes another slot; undefined when there is none to be had
 */
export async function awaitRateSlot(
  rateSlotAtMs: number | undefined,
  clock: SlotClock,
  reslot: () => Promise<number | undefined>,
): Promise<void> {
  let atMs = rateSlotAtMs;
  for (let reslots = 0; atMs !== undefined && atMs - clock.nowMs() < MAX_WAIT_MS && reslots <= MAX_RESLOTS; reslots++) {
    await clock.sleep(Math.max(0, atMs - clock.nowMs()));
    if (!hasMissedRateSlot(atMs, clock.nowMs())) return;
    atMs = await reslot();
  }
}
