import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { serve } from '../../test/support/calls.ts';

// Put before the worker: takes a CPU profile of a stretch of its life, without start-up and warm-up.

const SAMPLE_EVERY_US = 500;
const session = new Session();
session.connect();

const commands = {
  async startProfile(): Promise<void> {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: SAMPLE_EVERY_US });
    await session.post('Profiler.start');
  },
  /** Writes the profile in the format of Chrome's DevTools. */
  async stopProfile({ file }: { readonly file: string }): Promise<void> {
    const { profile } = await session.post('Profiler.stop');
    writeFileSync(file, JSON.stringify(profile));
  },
};

export type ProfilerCommands = typeof commands;
serve(commands);
process.channel?.unref();
