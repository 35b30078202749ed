import { Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Id, shortId } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink, type Target, useLeadsSomewhere } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import type { Address } from '../../router/addresses.ts';
import { useGo } from '../../router/use-go.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { useSeesAllTenants } from '../../session/me.ts';
import { search as text } from './strings.ts';

type Hit = Schemas['SearchHit'];
type Found = Schemas['SearchResult'];

const ADDRESS: Readonly<Record<Hit['kind'], Address>> = {
  delivery: '/deliveries/$id',
  event: '/events/$id',
  deadLetter: '/dead-letters/$id',
  replay: '/replays/$id',
  erasure: '/erasures',
  subscription: '/subscriptions/$id',
  endpoint: '/endpoints/$id',
  integration: '/integrations/$id',
  template: '/templates/$id',
  tenant: '/tenants/$id',
};
/** The most that the API returns of a kind. */
const MOST = 20;

/** What does this id belong to? */
export function Page() {
  const [{ q = '', all }] = useQueryString();
  const query = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/search', { params: { query: { q } }, signal })),
    enabled: q !== '',
  });
  return (
    <Stack gap="md">
      <PageTitle>{q === '' ? text.title : text.for(shortened(q))}</PageTitle>
      {q === '' ? (
        <Empty title={text.empty}>{text.emptyText}</Empty>
      ) : (
        <Loaded query={query}>{(found) => <Results q={q} found={found} isOnlyShown={all === 'true'} />}</Loaded>
      )}
    </Stack>
  );
}

interface Results {
  readonly q: string;
  readonly found: Found;
  /** The results themselves, also when there is one alone. */
  readonly isOnlyShown: boolean;
}

function Results({ q, found: { hits, recognisedAs }, isOnlyShown }: Results) {
  const leadsSomewhere = useLeadsSomewhere();
  const go = useGo();
  const seesAll = useSeesAllTenants();
  const [, change] = useQueryString();
  const [only, ...others] = hits;
  const target = only && others.length === 0 && recognisedAs !== 'text' ? targetOf(only) : undefined;
  const opens = target !== undefined && leadsSomewhere(target.to) && !isOnlyShown;
  useEffect(() => {
    if (!opens || !target) return;
    // Back returns to the results, which then stay
    void change({ all: 'true' }, { replace: true }).then(() => go(target));
  });
  if (opens) return null;
  if (recognisedAs === 'status') {
    return (
      <Empty
        title={text.status(q)}
        action={
          <PageLink target={{ to: '/deliveries', search: { status: q.toLowerCase() } }}>{text.showStatus(q)}</PageLink>
        }
      >
        {text.statusText}
      </Empty>
    );
  }
  if (hits.length === 0) {
    return <Empty title={text.nothing}>{text.lookedFor(seesAll ? text.allTenants : text.ownTenant)}</Empty>;
  }
  const kinds = [...new Set(hits.map(({ kind }) => kind))];
  const columns = seesAll ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'tenant');
  return kinds.map((kind) => {
    const ofKind = hits.filter((hit) => hit.kind === kind);
    const label = ofKind.length >= MOST ? text.atLeast(kind, ofKind.length) : text.group(kind, ofKind.length);
    return (
      <section key={kind} aria-label={label}>
        <Title order={2} mb={4}>
          {label}
        </Title>
        <DataTable
          label={label}
          columns={columns}
          rows={ofKind}
          keyOf={({ id }) => id}
          linkOf={targetOf}
          narrow={(hit) => [<What key="what" hit={hit} />, <Text key="id">{hit.id}</Text>]}
        />
      </section>
    );
  });
}

const COLUMNS: readonly Column<Hit>[] = [
  { id: 'what', head: text.columns.what, isWide: true, cell: (hit) => <What hit={hit} /> },
  { id: 'id', head: text.columns.id, cell: ({ id }) => <Id value={id} /> },
  {
    id: 'tenant',
    head: text.columns.tenant,
    cell: ({ tenantId: id }) => <PageLink target={{ to: '/tenants/$id', params: { id } }}>{shortId(id)}</PageLink>,
  },
];

function What({ hit: { text: what, deleted, kind } }: { readonly hit: Hit }) {
  return (
    <>
      {what} {deleted && <ToneBadge meaning="neutral">{kind === 'deadLetter' ? text.closed : text.deleted}</ToneBadge>}
    </>
  );
}

function targetOf({ kind, id }: Hit): Target {
  return { to: ADDRESS[kind], params: { id } };
}

function shortened(q: string): string {
  return q.length > 60 ? `${q.slice(0, 60)}…` : q;
}
