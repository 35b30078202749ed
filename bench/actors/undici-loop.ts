import { Agent, request } from 'undici';
import { serve } from '../../test/support/calls.ts';
import { inLanes, type Posts } from '../rig/lanes.ts';

// Baseline: the same as got-loop.ts with undici, for what got costs.

const dispatcher = new Agent({
  connections: 128,
  pipelining: 1,
  connect: { timeout: 10_000 },
  headersTimeout: 15_000,
  bodyTimeout: 15_000,
});
const headers = { 'content-type': 'application/json' };

const commands = {
  run: (posts: Posts) =>
    inLanes(posts, async (url) => {
      const answer = await request(url, { method: 'POST', headers, body: posts.body, dispatcher });
      await answer.body.text();
    }),
};

serve(commands);
