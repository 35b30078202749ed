import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { Listed } from '../../parts/listed.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { Time } from '../../parts/time.tsx';
import { TimeRangeField } from '../../parts/time-range-field.tsx';
import { ToneBadge, ToneIcon } from '../../parts/tone.tsx';
import { useList } from '../../parts/use-list.ts';
import { timeRangeOf } from '../../router/time-range.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useCan } from '../../session/me.ts';
import { DiscardSelected } from './discard-selected.tsx';
import { ReplaySelected } from './replay-selected.tsx';
import { deadLetters as text } from './strings.ts';

type DeadLetter = Schemas['DeadLetter'];

/** What failed permanently, and why? */
export function Page() {
  const { query, change } = useFilter(text.chip);
  return (
    <Stack gap="sm">
      <PageTitle>{text.title}</PageTitle>
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
    const { subscriptionId, passId } = own;
    const filter = {
      ...(open !== 'all' && { open: open as 'true' | 'false' }),
      ...(subscriptionId !== undefined && { subscriptionId }),
      ...(passId !== undefined && { passId }),
      ...timeRangeOf(own),
    };
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
      {chosen.length > 0 && (
        <Group gap="sm" role="status">
          <Text size="sm" fw={600}>
            {text.selected(chosen.length)}
          </Text>
          <ReplaySelected tenantId={tenantId} letters={chosen} onDone={reload} />
          <DiscardSelected tenantId={tenantId} letters={chosen} onDone={reload} />
          <Button size="xs" variant="subtle" color="gray" onClick={clear}>
            {text.clear}
          </Button>
        </Group>
      )}
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
