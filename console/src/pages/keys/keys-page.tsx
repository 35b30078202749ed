import { Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Id } from '../../parts/id.tsx';
import { Listed } from '../../parts/listed.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { Time } from '../../parts/time.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import { useList } from '../../parts/use-list.ts';
import { NewKey } from './new-key.tsx';
import { RevokeKey } from './revoke-key.tsx';
import { keys as text } from './strings.ts';

type Key = Schemas['ApiKey'];

/** Who may call the API? */
export function Page() {
  const list = useList(['keys'], (page, signal) => dataOf(api.GET('/v1/api-keys', { params: { query: page }, signal })));
  return (
    <Stack gap="sm">
      <PageTitle actions={<NewKey />}>{text.title}</PageTitle>
      <Listed
        list={list}
        empty={<Empty title={text.none}>{text.noneText}</Empty>}
        label={text.title}
        columns={COLUMNS}
        minWidth={860}
        keyOf={({ id }) => id}
        narrow={(key) => [
          <>
            <State key="state" apiKey={key} /> <span key="name">{key.name}</span>
          </>,
          <>
            {key.role}, <Owner key="owner" apiKey={key} />, <Time key="created" at={key.createdAt} />{' '}
            <RevokeKey key="revoke" apiKey={key} />
          </>,
        ]}
      />
    </Stack>
  );
}

const COLUMNS: readonly Column<Key>[] = [
  { id: 'name', head: text.columns.name, isWide: true, cell: ({ name }) => name },
  { id: 'role', head: text.columns.role, cell: ({ role }) => role },
  { id: 'tenant', head: text.columns.tenant, cell: (key) => <Owner apiKey={key} /> },
  { id: 'hint', head: text.columns.hint, cell: ({ hint }) => <code>{hint}…</code> },
  { id: 'state', head: text.columns.state, cell: (key) => <State apiKey={key} /> },
  { id: 'created', head: text.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'revoke', head: '', cell: (key) => <RevokeKey apiKey={key} /> },
];

/** A key that is bound to nobody reaches all tenants, which is marked. */
function Owner({ apiKey: { tenantId } }: { readonly apiKey: Key }) {
  if (tenantId === null) return <ToneBadge meaning="attention">{text.boundToNobody}</ToneBadge>;
  return (
    <Id value={tenantId} short>
      <PageLink target={{ to: '/tenants/$id', params: { id: tenantId } }}>{`ten_…${tenantId.slice(-6)}`}</PageLink>
    </Id>
  );
}

function State({ apiKey: { revokedAt } }: { readonly apiKey: Key }) {
  return (
    <ToneBadge meaning={revokedAt === null ? 'good' : 'neutral'}>
      {revokedAt === null ? text.valid : text.revoked}
    </ToneBadge>
  );
}
