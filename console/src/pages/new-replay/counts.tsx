import { Button, Group, Stack, Text } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { showNumber, showTime } from '../../format/time.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Explained } from '../../parts/explained.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { useQueryString } from '../../router/use-query-string.ts';
import { replays } from '../../strings/replays.ts';
import { states as stateNames } from '../../strings/states.ts';
import { REPLAYABLE, type Replayable, type Source, statesOf } from './source.ts';
import { newReplay as text } from './strings.ts';
import { hostOf, useConditions } from './use-conditions.ts';
import { type Counted, useNearest } from './use-dry-run.ts';

interface Props {
  readonly tenantId: string;
  readonly source: Source;
  readonly counted: Counted;
  readonly rate: number | undefined;
}

type Row = Counted['endpoints'][number];
type Board = ReadonlyMap<string, Schemas['BoardEndpoint']>;

/** What was counted: in a paragraph, and by endpoint. */
export function Counts({ tenantId, source, counted, rate }: Props) {
  const conditions = useConditions(tenantId, counted.endpoints.length > 0);
  if (counted.count === 0) return <Nothing tenantId={tenantId} source={source} counted={counted} />;
  return (
    <Stack gap="sm">
      <Explained>{paragraph(source, counted, rate, conditions)}</Explained>
      {source.kind !== 'backfill' && (
        <DataTable
          label={text.dryRun}
          columns={columnsOf(counted, conditions)}
          rows={counted.endpoints}
          keyOf={({ endpointId }) => endpointId}
          linkOf={({ endpointId: id }) => ({ to: '/endpoints/$id', params: { id } })}
          narrow={(row) => [
            <span key="url">{row.url}</span>,
            <>
              {REPLAYABLE.flatMap((state) =>
                row.states[state] ? [text.countOf(row.states[state], replays.states[state])] : [],
              ).join(', ')}{' '}
              <Now key="now" endpoint={conditions?.get(row.endpointId)} />
            </>,
          ]}
        />
      )}
    </Stack>
  );
}

function paragraph(source: Source, counted: Counted, rate: number | undefined, conditions: Board | undefined): string {
  const { count, leftOut, endpoints, asked, disabled } = counted;
  const takes = rate === undefined ? [] : [text.takes(rate, (count / rate) * 1000)];
  if (source.kind === 'backfill') {
    const missing = asked === undefined ? 0 : asked - count - leftOut;
    return [
      text.wouldBackfill(count, endpoints[0]?.url ?? ''),
      ...(leftOut > 0 ? [text.backfillLeftOut(leftOut)] : []),
      ...(missing > 0 ? [text.eventsNotFound(missing, asked ?? 0)] : []),
      ...takes,
      ...(disabled ? [text.backfillHeld] : []),
    ].join(' ');
  }
  const missing = missingOf(counted);
  return [
    text.wouldBeSent(count, endpoints.length) + text.states(statesIn(endpoints)),
    ...(leftOut > 0 ? [text.leftOut(leftOut)] : []),
    ...(missing > 0 ? [text.notFound(missing, asked ?? 0)] : []),
    ...takes,
    ...(conditions ? nowOf(endpoints, conditions) : []),
  ].join(' ');
}

/** Which endpoints work, and which keep theirs waiting. */
function nowOf(endpoints: readonly Row[], conditions: Board): readonly string[] {
  const known = endpoints.flatMap((row) => {
    const endpoint = conditions.get(row.endpointId);
    return endpoint ? [{ row, condition: endpoint.condition }] : [];
  });
  const stopped = known.filter(({ condition }) => condition === 'disabled' || condition === 'open');
  const works = known.length - stopped.length;
  if (known.length === endpoints.length && stopped.length === 0) return [text.allWork(works)];
  const sentences = stopped.map(({ row, condition }) => {
    const count = sumOf(row.states) - row.leftOut;
    return condition === 'open' ? text.waits(hostOf(row.url), count) : text.held(hostOf(row.url), count);
  });
  return works > 0 ? [text.someWork(works), ...sentences] : sentences;
}

function columnsOf({ endpoints }: Counted, conditions: Board | undefined): readonly Column<Row>[] {
  const states = REPLAYABLE.filter((state) => endpoints.some((row) => row.states[state]));
  return [
    { id: 'endpoint', head: text.columns.endpoint, isWide: true, cell: ({ url }) => <span title={url}>{url}</span> },
    ...states.map(
      (state): Column<Row> => ({
        id: state,
        head: stateNames[state],
        isNumber: true,
        cell: (row) => showNumber(row.states[state] ?? 0),
      }),
    ),
    { id: 'leftOut', head: text.columns.leftOut, isNumber: true, cell: ({ leftOut }) => showNumber(leftOut) },
    { id: 'now', head: text.columns.now, cell: ({ endpointId }) => <Now endpoint={conditions?.get(endpointId)} /> },
  ];
}

function Now({ endpoint }: { readonly endpoint: Schemas['BoardEndpoint'] | undefined }) {
  if (!endpoint) return null;
  const { condition, live } = endpoint;
  const until = live?.breaker.until ?? null;
  return (
    <>
      {condition === 'waiting' ? (
        <StateBadge state="working" />
      ) : (
        <StateBadge state={condition === 'open' ? 'paused' : condition} />
      )}
      {condition === 'open' && until !== null && ` ${text.pausedUntil(showTime(new Date(until)).replace(/\.\d+$/, ''))}`}
    </>
  );
}

/** Nothing would be sent: why, and what is nearest. */
function Nothing({ tenantId, source, counted }: Omit<Props, 'rate'>) {
  const [query, change] = useQueryString();
  const { data } = useNearest(tenantId, source, true);
  const chosen = statesOf(query).states;
  const found = data ? (Object.entries(statesIn(data.endpoints)) as [Replayable, number][]) : [];
  const missing = missingOf(counted);
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm">
        {[
          text.nothing,
          ...(counted.leftOut > 0
            ? [source.kind === 'backfill' ? text.backfillLeftOut(counted.leftOut) : text.leftOut(counted.leftOut)]
            : []),
          ...(missing > 0 && source.kind !== 'backfill' ? [text.notFound(missing, counted.asked ?? 0)] : []),
          ...(missing > 0 && source.kind === 'backfill' ? [text.eventsNotFound(missing, counted.asked ?? 0)] : []),
          ...(found.length > 0 && counted.leftOut === 0
            ? [
                text.nearest(
                  chosen.map((state) => replays.states[state]),
                  found.map(([state, count]) => text.countOf(count, replays.states[state])),
                ),
              ]
            : []),
        ].join(' ')}
      </Text>
      {counted.leftOut === 0 && (
        <Group gap="xs">
          {found.map(([state]) => (
            <Button key={state} size="xs" variant="default" onClick={() => void change({ state })}>
              {text.alsoThese(replays.states[state])}
            </Button>
          ))}
        </Group>
      )}
    </Stack>
  );
}

/** Of the ids that were asked for, those that were not found in a state that can be sent. */
function missingOf({ asked, endpoints, count, leftOut }: Counted): number {
  if (asked === undefined) return 0;
  const found = endpoints.reduce((sum, { states }) => sum + sumOf(states), 0);
  return asked - Math.max(found, count + leftOut);
}

function statesIn(endpoints: readonly Row[]): Row['states'] {
  const sum: Partial<Record<Replayable, number>> = {};
  for (const { states } of endpoints) {
    for (const state of REPLAYABLE) {
      const count = states[state] ?? 0;
      if (count > 0) sum[state] = (sum[state] ?? 0) + count;
    }
  }
  return sum;
}

function sumOf(states: Row['states']): number {
  return REPLAYABLE.reduce((sum, state) => sum + (states[state] ?? 0), 0);
}
