import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { showAge, showNumber, showUtc } from '../../format/time.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { CONDITION_MEANING, ConditionBadge } from '../../parts/endpoint/condition-badge.tsx';
import { type BoardEndpoint, lastAnswerOf, partsOf, reasonOf, showAt } from '../../parts/endpoint/reason.ts';
import { SwitchEndpoint } from '../../parts/endpoint/switch-endpoint.tsx';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Skeletons } from '../../parts/skeletons.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { useFilter } from '../../router/use-filter.ts';
import { useSeesAllTenants, useTenantId } from '../../session/me.ts';
import { endpoints as words } from '../../strings/endpoints.ts';
import { toneVariable } from '../../theme/meanings.ts';
import { HourBars } from './hour-bars.tsx';
import { board as text } from './strings.ts';
import { type Board, useBoard } from './use-board.ts';

type Condition = BoardEndpoint['condition'];

const CONDITIONS = Object.entries(words.conditions).map(([value, label]) => ({ value, label }));
const LABELS = {
  host: text.chip.host,
  condition: (name: string) => text.chip.condition(words.conditions[name as Condition] ?? name),
};

/** Which endpoints fail, and since when? */
export function Page() {
  const { query, change, chips, remove } = useFilter(LABELS);
  const { board, error, retry, isMoved, sortAgain } = useBoard(useTenantId(), query.host);
  return (
    <Stack gap="sm">
      <PageTitle>{text.title}</PageTitle>
      <FilterSheet>
        <Select
          aria-label={text.filters.condition}
          placeholder={text.filters.any}
          data={CONDITIONS}
          value={query.condition ?? null}
          onChange={(condition) => change({ condition: condition ?? undefined })}
          clearable
          w={{ base: '100%', sm: 220 }}
        />
        <TextFilter
          label={text.filters.host}
          value={query.host ?? ''}
          width={220}
          onChange={(host) => change({ host: host?.toLowerCase() })}
        />
      </FilterSheet>
      {error !== null && error !== undefined && <ProblemAlert error={error} onRetry={retry} />}
      {!board && !error && <Skeletons rows={8} />}
      {board && <Summary board={board} isMoved={isMoved} onSort={sortAgain} />}
      {board && <Rows board={board} condition={query.condition} chips={chips} remove={remove} />}
    </Stack>
  );
}

function Summary({ board, isMoved, onSort }: { readonly board: Board; readonly isMoved: boolean; onSort(): void }) {
  const { active, failing, disabled } = board.counts;
  const all = active + failing + disabled;
  if (all === 0) return null;
  return (
    <Group justify="space-between">
      <Text size="sm">
        {text.attention(failing + disabled, all)}{' '}
        {board.endpoints.length < all && text.shownOf(board.endpoints.length, all)}
      </Text>
      <Button size="xs" variant="default" onClick={onSort} data-moved={isMoved || undefined}>
        {text.sortAgain}
      </Button>
    </Group>
  );
}

interface RowsProps extends Pick<ReturnType<typeof useFilter>, 'chips' | 'remove'> {
  readonly board: Board;
  readonly condition: string | undefined;
}

function Rows({ board, condition, chips, remove }: RowsProps) {
  const seesAll = useSeesAllTenants();
  const rows = board.endpoints.filter((endpoint) => condition === undefined || endpoint.condition === condition);
  if (rows.length === 0 && chips.length > 0) {
    return <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />;
  }
  if (rows.length === 0) return <Empty title={text.none}>{text.noneText}</Empty>;
  const names = board.names ?? {};
  const whose = ({ tenantId, integrationId }: BoardEndpoint): string =>
    [seesAll ? names[tenantId] : undefined, names[integrationId]].flatMap((name) => name ?? []).join(' / ');
  return (
    <DataTable
      label={text.title}
      columns={COLUMNS}
      rows={rows}
      keyOf={({ id }) => id}
      isList
      linkOf={({ id, tenantId }) => ({
        to: '/endpoints/$id',
        params: { id },
        ...(seesAll && { search: { tenant: tenantId } }),
      })}
      edgeOf={({ condition: now }) =>
        CONDITION_MEANING[now] === 'bad' ? `var(${toneVariable('bad', 'mark')})` : undefined
      }
      below={(endpoint) => <Below endpoint={endpoint} whose={whose(endpoint)} />}
      narrow={(endpoint) => [
        <>
          <ConditionBadge key="condition" condition={endpoint.condition} />
          <b key="host">{partsOf(endpoint.url).host}</b>
        </>,
        <>
          {partsOf(endpoint.url).path} {lastAnswerOf(endpoint)}
        </>,
      ]}
    />
  );
}

/** Whose it is, why it needs attention and what happens next; and what can be done. */
function Below({ endpoint, whose }: { readonly endpoint: BoardEndpoint; readonly whose: string }) {
  const reason = reasonOf(endpoint);
  return (
    <Group justify="space-between" gap="xs" align="flex-start">
      <Text size="sm" style={{ flex: '1 1 200px' }}>
        {reason === '' ? whose : text.because(whose, reason)}
      </Text>
      <SwitchEndpoint endpoint={endpoint} held={endpoint.held} />
    </Group>
  );
}

const COLUMNS: readonly Column<BoardEndpoint>[] = [
  { id: 'condition', head: text.columns.condition, cell: ({ condition }) => <ConditionBadge condition={condition} /> },
  {
    id: 'endpoint',
    head: text.columns.endpoint,
    isWide: true,
    cell: ({ url }) => {
      const { host, path } = partsOf(url);
      return (
        <span title={url}>
          <b>{host}</b> {path}
        </span>
      );
    },
  },
  {
    id: 'since',
    head: text.columns.since,
    cell: ({ paused, failingSince }) => {
      const since = paused?.at ?? failingSince;
      return (
        since !== null && (
          <time dateTime={since} title={showUtc(new Date(since))}>
            {showAt(since)}
          </time>
        )
      );
    },
  },
  {
    id: 'answer',
    head: text.columns.answer,
    cell: (endpoint) => (
      <>
        {lastAnswerOf(endpoint)}
        {endpoint.lastAttempt && `, ${showAge(new Date(endpoint.lastAttempt.at))}`}
      </>
    ),
  },
  {
    id: 'breaker',
    head: text.columns.breaker,
    cell: ({ live }) => (live ? text.breakers[live.breaker.state] : text.unknown),
  },
  {
    id: 'share',
    head: text.columns.share,
    isNumber: true,
    cell: ({ live, limits }) => text.share(live?.share, limits.maxInFlight, limits.ratePerSecond),
  },
  {
    id: 'inFlight',
    head: text.columns.inFlight,
    isNumber: true,
    cell: ({ live }) => (live ? showNumber(live.inFlight) : text.unknown),
  },
  {
    id: 'waiting',
    head: text.columns.waiting,
    isNumber: true,
    cell: ({ due, held, oldestMs }) => (oldestMs === null ? showNumber(due + held) : text.waiting(due + held, oldestMs)),
  },
  { id: 'hour', head: text.columns.hour, cell: ({ lastHour }) => <HourBars buckets={lastHour} /> },
];
