import { expect, test } from 'vitest';
import { RedisClock } from '../../../src/queue/redis-clock.ts';

const WALL_MS = 1_000_000;

function aClock() {
  const time = { monotonicMs: 0 };
  const clock = new RedisClock(() => time.monotonicMs);
  const pass = (ms: number) => {
    time.monotonicMs += ms;
  };
  return { clock, pass };
}

test('is not set until the first reply: this machine’s clock is another one', () => {
  const { clock } = aClock();
  expect(clock.isSet).toBe(false);
  clock.note(WALL_MS);
  expect(clock.isSet).toBe(true);
});

test.each([-5000, -3, 0, 5000])('follows the first reply, of a clock that differs by %i ms', (differenceMs) => {
  const { clock, pass } = aClock();
  pass(10);
  clock.note(WALL_MS + differenceMs);
  pass(100);
  expect(clock.nowMs()).toBe(WALL_MS + differenceMs + 100);
});

test('is not set back by a slow reply, nor held back by a late one', () => {
  const { clock, pass } = aClock();
  clock.note(WALL_MS);
  pass(400);
  clock.note(WALL_MS + 100);
  expect(clock.nowMs()).toBe(WALL_MS + 400);
  clock.note(WALL_MS + 402);
  expect(clock.nowMs()).toBe(WALL_MS + 402);
});

test('follows a clock that was set back, after a while', () => {
  const { clock, pass } = aClock();
  clock.note(WALL_MS);
  pass(10_000);
  clock.note(WALL_MS + 7000);
  expect(clock.nowMs()).toBe(WALL_MS + 7000);
});
