import { Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { shortId } from '../../parts/id.tsx';
import { Listed } from '../../parts/listed.tsx';
import { LiveBar } from '../../parts/live-bar.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { ReplayChosen } from '../../parts/replay-chosen.tsx';
import { ReplayFound } from '../../parts/replay-found.tsx';
import { SelectionBar } from '../../parts/selection-bar.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { Time } from '../../parts/time.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import { type ListPage, useList } from '../../parts/use-list.ts';
import { useLiveList } from '../../parts/use-live-list.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useCan, useTenantId } from '../../session/me.ts';
import { filterOf, LABELS } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { deliveries as text } from './strings.ts';

type Delivery = Schemas['Delivery'];

/** What was sent, with which result? */
export function Page() {
  const { own, query, change } = useFilter(LABELS);
  const tenantId = useTenantId();
  return (
    <Stack gap="sm">
      <PageTitle
        actions={
          <>
            <ReplayFound search={own} />
            {tenantId !== undefined && <ExportMenu path="/v1/deliveries/export" query={{ ...filterOf(own), tenantId }} />}
          </>
        }
      >
        {text.title}
      </PageTitle>
      <FilterBar query={query} onChange={change} />
      <TenantNeeded>{(tenantId) => <Deliveries tenantId={tenantId} />}</TenantNeeded>
    </Stack>
  );
}

function Deliveries({ tenantId }: { readonly tenantId: string }) {
  const { own, chips, remove } = useFilter(LABELS);
  const can = useCan();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const listKey = ['deliveries', tenantId, own];
  const load = (page: object, signal?: AbortSignal): Promise<ListPage<Delivery>> => {
    const query = { ...filterOf(own), ...page, tenantId };
    return dataOf(api.GET('/v1/deliveries', { params: { query }, ...(signal && { signal }) }));
  };
  const list = useList(listKey, load);
  const named = JSON.stringify(own);
  // a relative range is that of the moment: a stream is not opened anew with each second
  const filter = useMemo(() => ({ ...filterOf(JSON.parse(named)), tenantId }), [named, tenantId]);
  const live = useLiveList<Delivery>({
    topics: ['deliveries'],
    filter,
    listKey,
    list,
    changedBy: (message) =>
      message.event === 'delivery' ? { row: message.data.delivery, matches: message.data.matches } : undefined,
    newest: (limit) => load({ limit }),
  });
  const chosen = list.rows.filter(({ id }) => selected.has(id));
  const empty =
    chips.length === 0 ? (
      <Empty title={text.nothingSent}>{text.nothingSentText}</Empty>
    ) : (
      <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
    );
  return (
    <>
      {list.rows.length > 0 && <FilterChips chips={chips} onRemove={remove} />}
      <SelectionBar count={chosen.length} onClear={() => setSelected(new Set())}>
        <ReplayChosen deliveryIds={chosen.map(({ id }) => id)} states={chosen.map(({ state }) => state)} />
      </SelectionBar>
      <LiveBar live={live} hasSelection={selected.size > 0} />
      <Listed
        list={list}
        isStale={live.isStale}
        empty={empty}
        label={text.title}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/deliveries/$id', params: { id } })}
        {...(can('createReplay') && { selection: { keys: selected, onChange: setSelected } })}
        narrow={(delivery) => [
          <>
            <State key="state" delivery={delivery} />
            <span key="what">{delivery.trigger}</span>
            <Time key="when" at={delivery.createdAt} />
          </>,
          <>
            {delivery.passId} {answerOf(delivery)} {delivery.lastReason}
          </>,
        ]}
      />
    </>
  );
}

const COLUMNS: readonly Column<Delivery>[] = [
  { id: 'state', head: text.columns.state, cell: (delivery) => <State delivery={delivery} /> },
  { id: 'trigger', head: text.columns.trigger, cell: ({ trigger }) => trigger },
  { id: 'pass', head: text.columns.pass, isWide: true, cell: ({ passId }) => <span title={passId}>{passId}</span> },
  {
    id: 'endpoint',
    head: text.columns.endpoint,
    cell: ({ endpointId }) => (
      <PageLink target={{ to: '/endpoints/$id', params: { id: endpointId } }}>{shortId(endpointId)}</PageLink>
    ),
  },
  { id: 'attempts', head: text.columns.attempts, isNumber: true, cell: ({ attemptCount }) => attemptCount },
  { id: 'answer', head: text.columns.answer, cell: answerOf },
  { id: 'created', head: text.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'next',
    head: text.columns.next,
    cell: ({ dueAt, endedAt }) => (dueAt ?? endedAt) !== null && <Time at={dueAt ?? endedAt ?? ''} />,
  },
];

function State({ delivery: { state, test } }: { readonly delivery: Delivery }) {
  return (
    <>
      <StateBadge state={state} /> {test && <ToneBadge meaning="test">{text.test}</ToneBadge>}
    </>
  );
}

function answerOf({ lastStatus, attemptCount }: Delivery): string {
  if (lastStatus !== null) return String(lastStatus);
  return attemptCount === 0 ? text.noneYet : text.noAnswer;
}
