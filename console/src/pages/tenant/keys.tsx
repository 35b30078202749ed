import { Card, Title } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Listed } from '../../parts/listed.tsx';
import { PageLink, useLeadsSomewhere } from '../../parts/page-link.tsx';
import { Time } from '../../parts/time.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import { useList } from '../../parts/use-list.ts';
import { tenant } from './strings.ts';

const text = tenant.keys;
type Key = Schemas['ApiKey'];

/** The keys that are bound to the tenant. */
export function Keys({ tenantId }: { readonly tenantId: string }) {
  const leadsSomewhere = useLeadsSomewhere();
  const list = useList(['keys', tenantId], (page, signal) =>
    dataOf(api.GET('/v1/api-keys', { params: { query: { ...page, tenantId } }, signal })),
  );
  return (
    <Card component="section" withBorder p="md" aria-label={text.title}>
      <Title order={2} mb="xs">
        {text.title}
      </Title>
      <Listed
        list={list}
        empty={<Empty title={text.none}>{text.noneText}</Empty>}
        label={text.title}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        narrow={(key) => [
          <>
            <KeyState key="state" apiKey={key} /> <span key="name">{key.name}</span>
          </>,
          <>
            {key.role}, {key.hint}… <Time at={key.createdAt} />
          </>,
        ]}
      />
      {leadsSomewhere('/keys') && (
        <PageLink target={{ to: '/keys' }} size="sm">
          {text.more}
        </PageLink>
      )}
    </Card>
  );
}

const COLUMNS: readonly Column<Key>[] = [
  { id: 'name', head: text.columns.name, isWide: true, cell: ({ name }) => name },
  { id: 'role', head: text.columns.role, cell: ({ role }) => role },
  { id: 'hint', head: text.columns.hint, cell: ({ hint }) => <code>{hint}</code> },
  { id: 'state', head: text.columns.state, cell: (key) => <KeyState apiKey={key} /> },
  { id: 'created', head: text.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
];

function KeyState({ apiKey: { revokedAt } }: { readonly apiKey: Key }) {
  return (
    <ToneBadge meaning={revokedAt === null ? 'good' : 'neutral'}>
      {revokedAt === null ? text.valid : text.revoked}
    </ToneBadge>
  );
}
