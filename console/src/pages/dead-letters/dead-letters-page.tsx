import { Group, Select, Stack } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { Listed } from '../../parts/listed.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { ReplayChosen } from '../../parts/replay-chosen.tsx';
import { ReplayFound } from '../../parts/replay-found.tsx';
import { SelectionBar } from '../../parts/selection-bar.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { Time } from '../../parts/time.tsx';
import { TimeRangeField } from '../../parts/time-range-field.tsx';
import { ToneBadge, ToneIcon } from '../../parts/tone.tsx';
import { useList } from '../../parts/use-list.ts';
import type { Query } from '../../router/query-string.ts';
import { timeRangeOf } from '../../router/time-range.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useCan, useTenantId } from '../../session/me.ts';
import { DiscardFound } from './discard-found.tsx';
import { DiscardSelected } from './discard-selected.tsx';
import { deadLetters as text } from './strings.ts';

type DeadLetter = Schemas['DeadLetter'];

/** What failed permanently, and why? */
export function Page() {
  const { own, query, change } = useFilter(text.chip);
  const tenantId = useTenantId();
  return (
    <Stack gap="sm">
      <PageTitle
        actions={
          tenantId !== undefined && (
            <ExportMenu path="/v1/dead-letters/export" query={{ ...filterOf(own), ...openOf(query), tenantId }} />
          )
        }
      >
        {text.title}
      </PageTitle>
      <FilterSheet>
        <Select
          aria-label={text.filters.open}
          data={Object.entries(text.filters.choices).map(([value, label]) => ({ value: value || 'all', label }))}
          value={query.open ?? 'true'}
          allowDeselect={false}
          onChange={(open) => change({ open: open === 'true' ? undefined : (open ?? undefined) })}
          w={{ base: '100%', sm: 220 }}
        />
        <TimeRangeField query={query} onChange={change} />
        <TextFilter
          label={text.filters.passId}
          value={query.passId ?? ''}
          width={170}
          onChange={(passId) => change({ passId })}
        />
      </FilterSheet>
      <TenantNeeded>{(tenantId) => <DeadLetters tenantId={tenantId} />}</TenantNeeded>
    </Stack>
  );
}

function DeadLetters({ tenantId }: { readonly tenantId: string }) {
  const { own, query, chips, remove } = useFilter(text.chip);
  const can = useCan();
  const open = query.open ?? 'true';
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const list = useList(['dead-letters', tenantId, own, open], (page, signal) => {
    const filter = { ...openOf(query), ...filterOf(own) };
    return dataOf(api.GET('/v1/dead-letters', { params: { query: { ...filter, ...page, tenantId } }, signal }));
  });
  const chosen = list.rows.filter(({ id }) => selected.has(id));
  const clear = (): void => setSelected(new Set());
  const reload = (): void => {
    clear();
    list.reload();
  };
  const canSelect = open === 'true' && can('discardDeadLetter', 'createReplay');
  return (
    <>
      {list.rows.length > 0 && <FilterChips chips={chips} onRemove={remove} />}
      {canSelect && (
        <Group gap="xs">
          <ReplayFound search={{ ...own, open: undefined, letters: 'open' }} />
          {chips.length > 0 && <DiscardFound tenantId={tenantId} filter={filterOf(own)} onDone={reload} />}
        </Group>
      )}
      <SelectionBar count={chosen.length} onClear={clear}>
        <ReplayChosen deliveryIds={chosen.map(({ deliveryId }) => deliveryId)} states={['dead']} />
        <DiscardSelected tenantId={tenantId} letters={chosen} onDone={reload} />
      </SelectionBar>
      <Listed
        list={list}
        empty={
          chips.length > 0 ? (
            <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
          ) : (
            <Empty
              icon={open === 'true' && <IconCheck size={28} color="var(--good-mark)" aria-hidden />}
              title={open === 'false' ? text.noneClosed : text.none}
            >
              {open === 'true' && text.noneText}
            </Empty>
          )
        }
        label={text.title}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        linkOf={({ deliveryId: id }) => ({ to: '/deliveries/$id', params: { id } })}
        {...(canSelect && { selection: { keys: selected, onChange: setSelected } })}
        narrow={(letter) => [
          <>
            <ToneIcon key="icon" meaning={letter.closed ? 'neutral' : 'bad'} />
            <span key="what">{letter.trigger}</span>
            <Time key="when" at={letter.createdAt} />
          </>,
          <>
            {letter.passId} {letter.reason}
          </>,
        ]}
      />
    </>
  );
}

/** The filter for the API, in the list and in what is done with all that it finds. */
/** Those that are open, unless others are asked for. */
function openOf({ open = 'true' }: Query): { readonly open?: 'true' | 'false' } {
  return open === 'all' ? {} : { open: open as 'true' | 'false' };
}

function filterOf({ subscriptionId, passId, ...range }: Query) {
  return {
    ...(subscriptionId !== undefined && { subscriptionId }),
    ...(passId !== undefined && { passId }),
    ...timeRangeOf(range),
  };
}

const COLUMNS: readonly Column<DeadLetter>[] = [
  {
    id: 'state',
    head: text.columns.state,
    cell: ({ closed }) => (closed ? <StateBadge state={closed.as} /> : <ToneBadge meaning="bad">{text.open}</ToneBadge>),
  },
  { id: 'trigger', head: text.columns.trigger, cell: ({ trigger }) => trigger },
  { id: 'pass', head: text.columns.pass, cell: ({ passId }) => passId },
  {
    id: 'reason',
    head: text.columns.reason,
    isWide: true,
    cell: ({ reason, closed }) => <span title={reason}>{closed?.reason ?? reason}</span>,
  },
  { id: 'created', head: text.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
];
