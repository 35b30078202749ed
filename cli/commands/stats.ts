import { Option } from '@commander-js/extra-typings';
import type { Schemas } from '../../client/index.ts';
import { apiCommand, contextOf } from '../command.ts';
import { CommandFailed, EXIT } from '../exit.ts';
import { type Column, localTime } from '../output.ts';
import { each } from '../pages.ts';
import { dataOf } from '../session.ts';

type Group = Schemas['StatisticsGroup'];
type Bucket = Schemas['StatisticsBucket'];
type Counted = Pick<Group, 'attempts' | 'ended' | 'successRate' | 'failures' | 'answerMs'>;

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a span such as 90m, 24h or 7d. @throws CommandFailed */
function spanOf(text: string): number {
  const [, number = '', unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const ms = Number(number) * (UNITS[unit as keyof typeof UNITS] ?? 0);
  if (ms > 0) return ms;
  throw new CommandFailed(`--since ${text}: must be a span such as 90m, 24h or 7d.`, EXIT.usage);
}

function rateOf({ successRate, ended }: Counted): string {
  const all = ended.succeeded + ended.dead;
  if (successRate === null) return '';
  if (all < 20) return `${ended.succeeded} of ${all}`;
  // never rounded to a whole success or failure that it is not
  const percent = Math.floor(successRate * 10_000) / 100;
  return `${percent === 0 && ended.succeeded > 0 ? 0.01 : percent} %`;
}

const columns = <T extends Counted>(heading: string, name: (row: T) => string): readonly Column<T>[] => [
  [heading, name],
  ['delivered', ({ ended }) => ended.succeeded],
  ['dead', ({ ended }) => ended.dead, ({ ended }) => (ended.dead > 0 ? 'red' : undefined)],
  ['success', rateOf],
  ['retries', ({ attempts }) => attempts.retryable],
  ['p50 ms', ({ answerMs }) => answerMs?.p50],
  ['p95 ms', ({ answerMs }) => answerMs?.p95],
  ['p99 ms', ({ answerMs }) => answerMs?.p99],
  ['failed because of', failuresOf],
];

function failuresOf({ failures }: Counted): string {
  const sorted = Object.entries(failures).toSorted(([, a], [, b]) => b - a);
  return sorted.map(([name, count]) => `${name} ${count}`).join(', ');
}

export const stats = apiCommand('stats', 'what was attempted in a period, and how it ended')
  .option('--since <span>', 'how far back: 90m, 24h, 7d', '24h')
  .addOption(
    new Option('--by <group>', 'a row for each of these').choices([
      'tenant',
      'integration',
      'endpoint',
      'subscription',
      'trigger',
    ]),
  )
  .addOption(
    new Option('--bucket <width>', 'a row for each span of time, instead').choices(['5m', '1h', '1d']).conflicts('by'),
  )
  .option('--integration <id>', 'only of this integration')
  .option('--endpoint <id>', 'only of this endpoint')
  .option('--subscription <id>', 'only of this subscription')
  .action(async ({ since, by, bucket, integration, endpoint, subscription, ...options }) => {
    const { client, output, scope } = contextOf(options);
    const from = new Date(Date.now() - spanOf(since)).toISOString();
    const query = {
      ...scope,
      from,
      ...(by && { groupBy: by as 'tenant' }),
      ...(bucket && { bucket: bucket as '1h' }),
      ...(integration && { integrationId: integration }),
      ...(endpoint && { endpointId: endpoint }),
      ...(subscription && { subscriptionId: subscription }),
    };
    const { groups } = await dataOf(client.GET('/v1/stats', { params: { query } }));
    const nothing = `Nothing was attempted since ${localTime(from)}.`;
    if (bucket) {
      const buckets = groups[0]?.buckets ?? [];
      return output.rows(
        each(buckets),
        columns<Bucket>('from', ({ at }) => localTime(at) ?? ''),
        nothing,
      );
    }
    await output.rows(
      each(groups),
      columns<Group>(by ?? '', ({ group }) => group || 'all'),
      nothing,
    );
  });
