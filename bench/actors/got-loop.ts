import { Agent } from 'node:http';
import got from 'got';
import { serve } from '../../test/support/calls.ts';
import { inLanes, type Posts } from '../rig/lanes.ts';

// Baseline: what a bare got POST costs, with the worker's body, endpoints, concurrency, connections and timeouts.

const agent = new Agent({ keepAlive: true, maxSockets: 128, maxFreeSockets: 128 });
const client = got.extend({
  agent: { http: agent },
  headers: { 'content-type': 'application/json' },
  retry: { limit: 0 },
  timeout: { connect: 10_000, request: 15_000 },
});

const commands = {
  run: (posts: Posts) => inLanes(posts, async (url) => void (await client.post(url, { body: posts.body }))),
};

export type LoopCommands = typeof commands;
serve(commands);
