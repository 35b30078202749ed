import { Button, Group, Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showNumber } from '../../format/time.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { Listed } from '../../parts/listed.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { useLeadsSomewhere } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { showSuccess } from '../../parts/sent-numbers.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { Time } from '../../parts/time.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import { type Ended, useEnded } from '../../parts/use-ended.ts';
import { useList } from '../../parts/use-list.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useGo } from '../../router/use-go.ts';
import { useCan } from '../../session/me.ts';
import { dialects } from '../../strings/dialects.ts';
import { parts } from '../../strings/parts.ts';
import { integrations as text } from './strings.ts';

type Integration = Schemas['Integration'];

/** What is connected, how healthy? */
export function Page() {
  return (
    <TenantNeeded>
      {(tenantId) => (
        <Stack gap="sm">
          <PageTitle actions={<NewIntegration />}>{text.title}</PageTitle>
          <Integrations tenantId={tenantId} />
        </Stack>
      )}
    </TenantNeeded>
  );
}

function NewIntegration() {
  const can = useCan();
  const go = useGo();
  if (!useLeadsSomewhere()('/integrations/new/$step') || !can('createIntegration')) return null;
  return (
    <Button size="sm" onClick={() => go({ to: '/integrations/new/$step', params: { step: 'vendor' } })}>
      {text.make}
    </Button>
  );
}

function Integrations({ tenantId }: { readonly tenantId: string }) {
  const can = useCan();
  const { query, chips, change, remove } = useFilter(text.chip);
  const { q } = query;
  const list = useList(['integrations', 'list', tenantId, q], (page, signal) =>
    dataOf(api.GET('/v1/integrations', { params: { query: { ...page, tenantId, ...(q && { q }) } }, signal })),
  );
  const endedOf = useEnded(
    'integration',
    list.rows.map(({ id }) => id),
  );
  const empty = q ? (
    <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
  ) : (
    <Empty title={text.none} action={<NewIntegration />}>
      {text.noneText}
    </Empty>
  );
  return (
    <>
      {(q || list.rows.length > 0) && (
        <Group justify="space-between" gap="sm">
          <TextFilter label={text.search} value={q ?? ''} width={260} onChange={(value) => change({ q: value })} />
          {can('exportIntegrations') && <ExportMenu path="/v1/integrations/export" query={{ tenantId, q }} />}
        </Group>
      )}
      {list.rows.length > 0 && <FilterChips chips={chips} onRemove={remove} />}
      <Listed
        list={list}
        empty={empty}
        label={text.title}
        columns={columns(endedOf)}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/integrations/$id', params: { id } })}
        narrow={({ id, name, dialect, warnings }) => [
          <>
            <span key="name">{name}</span> <Warned key="warned" warnings={warnings} />
          </>,
          text.narrow(dialects[dialect], deliveredOf(endedOf(id)), successOf(endedOf(id))),
        ]}
      />
    </>
  );
}

function columns(endedOf: (id: string) => Ended | undefined): readonly Column<Integration>[] {
  return [
    {
      id: 'name',
      head: text.columns.name,
      isWide: true,
      cell: ({ name, warnings }) => (
        <>
          {name} <Warned warnings={warnings} />
        </>
      ),
    },
    { id: 'vendor', head: text.columns.vendor, cell: ({ dialect }) => dialects[dialect] },
    { id: 'delivered', head: text.columns.delivered, isNumber: true, cell: ({ id }) => deliveredOf(endedOf(id)) },
    { id: 'success', head: text.columns.success, isNumber: true, cell: ({ id }) => successOf(endedOf(id)) },
    { id: 'changed', head: text.columns.changed, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ];
}

/** Its secrets or headers cannot be opened, or a signature lacks its secret: the page of the integration says which. */
function Warned({ warnings }: Pick<Integration, 'warnings'>) {
  return warnings.length > 0 && <ToneBadge meaning="attention">{text.warning}</ToneBadge>;
}

function deliveredOf(ended: Ended | undefined): string {
  return ended ? showNumber(ended.succeeded) : parts.unknown;
}

function successOf(ended: Ended | undefined): string {
  return ended ? showSuccess(ended) : parts.unknown;
}
