import { Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showNumber } from '../../format/time.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Listed } from '../../parts/listed.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { Time } from '../../parts/time.tsx';
import { useList } from '../../parts/use-list.ts';
import { useCan, useTenantId } from '../../session/me.ts';
import { NewErasure } from './new-erasure.tsx';
import { Report } from './report.tsx';
import { erasures as text } from './strings.ts';

type Erasure = Schemas['Erasure'];

const REFRESH_MS = 2000;

/** Has this person's data been erased? */
export function Page() {
  const tenantId = useTenantId();
  const can = useCan();
  const canErase = tenantId !== undefined && can('previewErasure', 'createErasure');
  return (
    <Stack gap="sm">
      <PageTitle actions={canErase && <NewErasure tenantId={tenantId} />}>{text.title}</PageTitle>
      <TenantNeeded>{(id) => <Erasures tenantId={id} />}</TenantNeeded>
      <Report />
    </Stack>
  );
}

function Erasures({ tenantId }: { readonly tenantId: string }) {
  const list = useList(
    ['erasures', tenantId],
    (page, signal) => dataOf(api.GET('/v1/erasures', { params: { query: { ...page, tenantId } }, signal })),
    { refreshMs: (rows) => rows.some(({ state }) => state === 'running') && REFRESH_MS },
  );
  return (
    <Listed
      list={list}
      label={text.title}
      columns={COLUMNS}
      keyOf={({ id }) => id}
      linkOf={({ id }) => ({ to: '/erasures', search: { erasure: id } })}
      empty={<Empty title={text.none}>{text.noneText}</Empty>}
      narrow={({ state, subject, passes, createdAt }) => [
        <>
          <StateBadge key="state" state={state} /> <span key="subject">{text.subjects[subject]}</span>
        </>,
        <>
          {text.passes(passes)}, <Time key="started" at={createdAt} />
        </>,
      ]}
    />
  );
}

const COLUMNS: readonly Column<Erasure>[] = [
  { id: 'state', head: text.columns.state, cell: ({ state }) => <StateBadge state={state} /> },
  { id: 'subject', head: text.columns.subject, cell: ({ subject }) => text.subjects[subject] },
  { id: 'hash', head: text.columns.hash, isWide: true, cell: ({ subjectHash }) => <code>{subjectHash}</code> },
  { id: 'passes', head: text.columns.passes, isNumber: true, cell: ({ passes }) => showNumber(passes) },
  { id: 'events', head: text.kinds.events, isNumber: true, cell: ({ counts }) => showNumber(counts.events) },
  { id: 'deliveries', head: text.kinds.deliveries, isNumber: true, cell: ({ counts }) => showNumber(counts.deliveries) },
  { id: 'started', head: text.columns.started, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'ended', head: text.columns.ended, cell: ({ endedAt }) => endedAt !== null && <Time at={endedAt} /> },
];
