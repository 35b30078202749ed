import { describe, expect, test } from 'vitest';
import { Slots } from '../../../src/queue/slots.ts';

const IDLE = { utilization: 0.2, waiting: 0 };
const FULL = { utilization: 1, waiting: 0 };

function offered(slots: Slots, ...busyness: readonly { utilization: number; waiting: number }[]): number[] {
  return busyness.map((one) => slots.after(one));
}

describe('the slots that a worker offers', () => {
  test('grow to the maximum while the event loop has room', () => {
    expect(offered(new Slots(500), IDLE, IDLE, IDLE, IDLE, IDLE, IDLE, IDLE)).toEqual([96, 144, 216, 324, 486, 500, 500]);
  });

  test('shrink while its loop is full, not below what keeps it busy', () => {
    const slots = new Slots(500);
    for (let second = 0; second < 6; second++) slots.after(IDLE);
    expect(offered(slots, FULL, FULL, FULL, FULL, FULL, FULL)).toEqual([300, 180, 108, 65, 64, 64]);
  });

  test('stay the same when the event loop is nearly full', () => {
    const slots = new Slots(500);
    slots.after(IDLE);
    expect(offered(slots, { utilization: 0.8, waiting: 0 }, { utilization: 0.8, waiting: 0 })).toEqual([96, 96]);
  });

  test('come on top of those waiting for slow receivers, which cost no processor time; the maximum holds', () => {
    expect(offered(new Slots(500), { ...FULL, waiting: 100 }, { ...FULL, waiting: 490 })).toEqual([164, 500]);
  });

  test('are what was asked for where that is little', () => {
    expect(offered(new Slots(20), IDLE, FULL, { ...FULL, waiting: 5 })).toEqual([20, 20, 20]);
  });
});
