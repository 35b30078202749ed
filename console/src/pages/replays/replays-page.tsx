import { Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showNumber } from '../../format/time.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Listed } from '../../parts/listed.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { Time } from '../../parts/time.tsx';
import { useList } from '../../parts/use-list.ts';
import { replayList as text } from './strings.ts';

type Replay = Schemas['Replay'];

const REFRESH_MS = 3000;

/** Which replays run, and which have ended? */
export function Page() {
  return (
    <Stack gap="sm">
      <PageTitle>{text.title}</PageTitle>
      <TenantNeeded>{(tenantId) => <Replays tenantId={tenantId} />}</TenantNeeded>
    </Stack>
  );
}

function Replays({ tenantId }: { readonly tenantId: string }) {
  const list = useList(
    ['replays', tenantId],
    (page, signal) => dataOf(api.GET('/v1/replays', { params: { query: { ...page, tenantId } }, signal })),
    { refreshMs: (rows) => rows.some(({ state }) => state === 'running') && REFRESH_MS },
  );
  return (
    <Listed
      list={list}
      label={text.title}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      linkOf={({ id }) => ({ to: '/replays/$id', params: { id } })}
      empty={
        <Empty title={text.none} action={<PageLink target={{ to: '/deliveries' }}>{text.toDeliveries}</PageLink>}>
          {text.noneText}
        </Empty>
      }
      narrow={(replay) => [
        <>
          <StateBadge key="state" state={replay.state} />
          <span key="name">{replay.name}</span>
        </>,
        <>
          <Time at={replay.createdAt} />, {text.columns.sent.toLowerCase()} {text.sentOf(replay.sent, replay.total)},{' '}
          {text.rate(replay.ratePerSecond)}
        </>,
      ]}
    />
  );
}

const COLUMNS: readonly Column<Replay>[] = [
  { id: 'state', head: text.columns.state, cell: ({ state }) => <StateBadge state={state} /> },
  { id: 'name', head: text.columns.name, isWide: true, cell: ({ name }) => <span title={name}>{name}</span> },
  { id: 'form', head: text.columns.form, cell: ({ mode }) => text.forms[mode] },
  { id: 'sent', head: text.columns.sent, isNumber: true, cell: ({ sent, total }) => text.sentOf(sent, total) },
  { id: 'skipped', head: text.columns.skipped, isNumber: true, cell: ({ skipped }) => showNumber(skipped) },
  { id: 'left', head: text.columns.left, isNumber: true, cell: ({ left }) => showNumber(left) },
  { id: 'rate', head: text.columns.rate, isNumber: true, cell: ({ ratePerSecond }) => text.rate(ratePerSecond) },
  { id: 'created', head: text.columns.created, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'ended', head: text.columns.ended, cell: ({ endedAt }) => endedAt !== null && <Time at={endedAt} /> },
];
