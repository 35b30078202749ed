import { expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { ReplayRunner } from '../../../src/pipeline/replays/run-replays.ts';
import type { Replay } from '../../../src/ports/replays.ts';

const NOTHING_SENT = { due: [], isMore: false };

const replay = (name: string, ratePerSecond: number) =>
  ({ id: newId('replay', 0), name, mode: 'same', state: 'running', ratePerSecond }) as Replay;

/** Runs the replays for a second; gives the instants, in ms, of each one's turns. */
async function turnsOfASecond(...replays: readonly Replay[]): Promise<Record<string, number[]>> {
  const turns: Record<string, number[]> = Object.fromEntries(replays.map(({ name }) => [name, []]));
  let nowMs = 0;
  const runner = new ReplayRunner({
    replays: {
      running: async () => replays,
      async sendSame({ name }: Replay) {
        turns[name]?.push(nowMs);
        return NOTHING_SENT;
      },
    },
    async pause(ms: number) {
      nowMs += ms;
    },
  } as never);
  await runner.sweep(() => nowMs < 1000);
  return turns;
}

test('a fast replay sends a little at a time, a slow one seldom', async () => {
  const { fast, medium, slow } = await turnsOfASecond(replay('fast', 500), replay('medium', 100), replay('slow', 1));
  expect(fast).toEqual(Array.from({ length: 20 }, (_, n) => 50 * n));
  expect(medium).toEqual([0, 250, 500, 750]);
  expect(slow).toEqual([0, 500]);
});

test('one that has nothing to do with a fast one is not asked more often', async () => {
  expect(await turnsOfASecond(replay('slow', 10))).toEqual({ slow: [0, 500] });
});

test('it ends when no replay is running, and when it may not go on', async () => {
  const rounds = [[replay('one', 10)], [replay('one', 10)], []];
  const pause = async () => {};
  const replays = { running: async () => rounds.shift() ?? [], sendSame: async () => NOTHING_SENT };
  await new ReplayRunner({ replays, pause } as never).sweep(() => true);
  expect(rounds).toEqual([]);
  const busy = { running: async () => [replay('one', 10)], sendSame: async () => ({ due: [], isMore: true }) };
  await new ReplayRunner({ replays: busy, pause } as never).sweep(() => false);
});
