import { Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showNumber } from '../../format/time.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { Listed } from '../../parts/listed.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { showSuccess } from '../../parts/sent-numbers.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { Time } from '../../parts/time.tsx';
import { type Ended, useEnded } from '../../parts/use-ended.ts';
import { useList } from '../../parts/use-list.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useCan } from '../../session/me.ts';
import { parts } from '../../strings/parts.ts';
import { NewTenant } from './new-tenant.tsx';
import { tenants as text } from './strings.ts';

type Tenant = Schemas['Tenant'];

/** Whose is it, how are they doing? */
export function Page() {
  const can = useCan();
  const { query, chips, change, remove } = useFilter(text.chip);
  const { q } = query;
  const list = useList(['tenants', 'list', q], (page, signal) =>
    dataOf(api.GET('/v1/tenants', { params: { query: { ...page, ...(q && { q }) } }, signal })),
  );
  const endedOf = useEnded(
    'tenant',
    list.rows.map(({ id }) => id),
  );
  const empty = q ? (
    <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
  ) : (
    <Empty title={text.none}>{text.noneText}</Empty>
  );
  return (
    <Stack gap="sm">
      <PageTitle actions={can('createTenant') && <NewTenant />}>{text.title}</PageTitle>
      <TextFilter label={text.search} value={q ?? ''} width={260} onChange={(value) => change({ q: value })} />
      {list.rows.length > 0 && <FilterChips chips={chips} onRemove={remove} />}
      <Listed
        list={list}
        empty={empty}
        label={text.title}
        columns={columns(endedOf)}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/tenants/$id', params: { id } })}
        narrow={({ id, name, createdAt }) => [
          <>
            <span key="name">{name}</span> <Time key="created" at={createdAt} />
          </>,
          text.narrow(deliveredOf(endedOf(id)), successOf(endedOf(id))),
        ]}
      />
    </Stack>
  );
}

function columns(endedOf: (id: string) => Ended | undefined): readonly Column<Tenant>[] {
  return [
    { id: 'name', head: text.columns.name, isWide: true, cell: ({ name }) => name },
    { id: 'delivered', head: text.columns.delivered, isNumber: true, cell: ({ id }) => deliveredOf(endedOf(id)) },
    { id: 'success', head: text.columns.success, isNumber: true, cell: ({ id }) => successOf(endedOf(id)) },
    { id: 'created', head: text.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      id: 'open',
      head: '',
      cell: ({ id }) => <PageLink target={{ to: '/deliveries', search: { tenant: id } }}>{text.open}</PageLink>,
    },
  ];
}

function deliveredOf(ended: Ended | undefined): string {
  return ended ? showNumber(ended.succeeded) : parts.unknown;
}

function successOf(ended: Ended | undefined): string {
  return ended ? showSuccess(ended) : parts.unknown;
}
