import { serve } from '../../test/support/calls.ts';

// Put before the API: how long its event loop was held up at a stretch. Measured in processor time of its thread, so that other
// programs on the machine do not count.

const US_PER_MS = 1000;
const TICK_MS = 1;

let longestUs = 0;
let before = process.threadCpuUsage();
setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  longestUs = Math.max(longestUs, user + system);
}, TICK_MS).unref();

const commands = {
  async reset(): Promise<void> {
    longestUs = 0;
  },
  async longestMs(): Promise<number> {
    return longestUs / US_PER_MS;
  },
};

export type EventLoopCommands = typeof commands;
serve(commands);
process.channel?.unref();
