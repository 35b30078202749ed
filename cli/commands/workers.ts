import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf } from '../command.ts';
import { type Column, localTime } from '../output.ts';
import { each } from '../pages.ts';
import { dataOf } from '../session.ts';

const columns: readonly Column<Schemas['Worker']>[] = [
  ['worker', ({ id }) => id],
  ['version', ({ version }) => version],
  ['started', ({ startedAt }) => localTime(startedAt)],
  [
    'last beat',
    ({ beatAgoMs }) => `${(beatAgoMs / 1000).toFixed(1)} s ago`,
    ({ beatAgoMs }) => (beatAgoMs > 8000 ? 'red' : undefined),
  ],
  ['in flight', ({ inFlight, slots }) => (inFlight === null || slots === null ? 'unknown' : `${inFlight} of ${slots}`)],
  ['leads', ({ leads }) => (leads ? 'yes' : '')],
];

export const workers = apiCommand('workers', 'the worker processes that are alive').action(async (options) => {
  const { client, output } = contextOf(options);
  const { data } = await dataOf(client.GET('/v1/workers'));
  await output.rows(each(data), columns, 'No worker is alive.');
});
