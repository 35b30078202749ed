import { Stack } from '@mantine/core';
import { useState } from 'react';
import type { paths } from '../../../../client/generated/api.ts';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { shortId } from '../../parts/id.tsx';
import { Listed } from '../../parts/listed.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { SelectionBar } from '../../parts/selection-bar.tsx';
import { SendToSubscription } from '../../parts/send-to-subscription.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { Time } from '../../parts/time.tsx';
import { TimeRangeField } from '../../parts/time-range-field.tsx';
import { TriggerSelect } from '../../parts/trigger-select.tsx';
import { useList } from '../../parts/use-list.ts';
import type { Query } from '../../router/query-string.ts';
import { timeRangeOf } from '../../router/time-range.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useCan, useTenantId } from '../../session/me.ts';
import { undelivered } from '../../strings/undelivered.ts';
import { events as text } from './strings.ts';

type Event = Schemas['EventRecord'];
type ListQuery = NonNullable<paths['/v1/events']['get']['parameters']['query']>;

/** What did the platform post, and where did it go? */
export function Page() {
  const { own, query, change } = useFilter(text.chip);
  const tenantId = useTenantId();
  return (
    <Stack gap="sm">
      <PageTitle
        actions={tenantId !== undefined && <ExportMenu path="/v1/events/export" query={{ ...filterOf(own), tenantId }} />}
      >
        {text.title}
      </PageTitle>
      <FilterSheet>
        <TimeRangeField query={query} onChange={change} />
        <TriggerSelect
          label={text.filters.type}
          placeholder={text.filters.anyType}
          value={query.type}
          onChange={(type) => change({ type })}
        />
        <TextFilter
          label={text.filters.passId}
          value={query.passId ?? ''}
          width={170}
          onChange={(passId) => change({ passId })}
        />
        <TextFilter
          label={text.filters.producerId}
          value={query.producerId ?? ''}
          width={170}
          onChange={(producerId) => change({ producerId })}
        />
      </FilterSheet>
      <TenantNeeded>{(tenantId) => <Events tenantId={tenantId} />}</TenantNeeded>
    </Stack>
  );
}

function Events({ tenantId }: { readonly tenantId: string }) {
  const { own, chips, remove } = useFilter(text.chip);
  const can = useCan();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const list = useList(['events', tenantId, own], (page, signal) =>
    dataOf(api.GET('/v1/events', { params: { query: { ...filterOf(own), ...page, tenantId } }, signal })),
  );
  const chosen = list.rows.filter(({ id }) => selected.has(id));
  const empty =
    chips.length === 0 ? (
      <Empty title={text.none}>{text.noneText}</Empty>
    ) : (
      <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
    );
  return (
    <>
      {list.rows.length > 0 && <FilterChips chips={chips} onRemove={remove} />}
      <SelectionBar count={chosen.length} onClear={() => setSelected(new Set())}>
        <SendToSubscription eventIds={chosen.map(({ id }) => id)} />
      </SelectionBar>
      <Listed
        list={list}
        empty={empty}
        label={text.title}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/events/$id', params: { id } })}
        {...(can('previewBackfill', 'createReplay') && { selection: { keys: selected, onChange: setSelected } })}
        narrow={(event) => [
          <>
            <span key="what">{event.type}</span>
            <Time key="when" at={event.acceptedAt} />
          </>,
          <>
            {event.passId} {reasonOf(event)}
          </>,
        ]}
      />
    </>
  );
}

const COLUMNS: readonly Column<Event>[] = [
  { id: 'type', head: text.columns.type, cell: ({ type }) => type },
  { id: 'pass', head: text.columns.pass, cell: ({ passId }) => passId },
  {
    id: 'delivered',
    head: text.columns.delivered,
    isWide: true,
    cell: (event) => <span title={reasonOf(event)}>{reasonOf(event)}</span>,
  },
  {
    id: 'template',
    head: text.columns.template,
    cell: ({ templateId: id }) =>
      id === null ? text.operational : <PageLink target={{ to: '/templates/$id', params: { id } }}>{shortId(id)}</PageLink>,
  },
  { id: 'accepted', head: text.columns.accepted, cell: ({ acceptedAt }) => <Time at={acceptedAt} /> },
];

function reasonOf({ undelivered: reason, type }: Event): string {
  return reason === null ? text.wasDelivered : undelivered[reason](type);
}

function filterOf(query: Query): ListQuery {
  const given = Object.keys(text.chip).flatMap((name) => (query[name] ? [[name, query[name]]] : []));
  return { ...Object.fromEntries(given), ...timeRangeOf(query) };
}
