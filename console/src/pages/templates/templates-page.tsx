import { Button, Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showNumber } from '../../format/time.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { Listed } from '../../parts/listed.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { Time } from '../../parts/time.tsx';
import { useList } from '../../parts/use-list.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useGo } from '../../router/use-go.ts';
import { useCan, useTenantId } from '../../session/me.ts';
import { templateForm } from '../../strings/template-form.ts';
import { templates as text } from './strings.ts';

type Template = Schemas['Template'];

/** Which fields do passes carry? */
export function Page() {
  const { query, change } = useFilter(text.chip);
  const tenantId = useTenantId();
  const can = useCan();
  const go = useGo();
  const actions = tenantId !== undefined && (
    <>
      {can('exportTemplates') && <ExportMenu path="/v1/templates/export" query={{ tenantId, q: query.q }} />}
      {can('createTemplate') && (
        <Button size="sm" onClick={() => go({ to: '/templates/new' })}>
          {text.make}
        </Button>
      )}
    </>
  );
  return (
    <Stack gap="sm">
      <PageTitle actions={actions}>{text.title}</PageTitle>
      <TextFilter label={text.search} value={query.q ?? ''} width={260} onChange={(q) => change({ q })} />
      <TenantNeeded>{(id) => <Templates tenantId={id} />}</TenantNeeded>
    </Stack>
  );
}

function Templates({ tenantId }: { readonly tenantId: string }) {
  const { query, chips, remove } = useFilter(text.chip);
  const { q } = query;
  const list = useList(['templates', tenantId, 'list', q], (page, signal) =>
    dataOf(api.GET('/v1/templates', { params: { query: { ...page, tenantId, ...(q && { q }) } }, signal })),
  );
  const empty = q ? (
    <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
  ) : (
    <Empty title={text.none}>{text.noneText}</Empty>
  );
  return (
    <>
      {list.rows.length > 0 && <FilterChips chips={chips} onRemove={remove} />}
      <Listed
        list={list}
        empty={empty}
        label={text.title}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        linkOf={({ id }) => ({ to: '/templates/$id', params: { id } })}
        narrow={({ name, externalId, fields, updatedAt }) => [
          <>
            <span key="name">{name}</span> <Time key="changed" at={updatedAt} />
          </>,
          <>
            {text.fields(fields.length)} {externalId}
          </>,
        ]}
      />
    </>
  );
}

const COLUMNS: readonly Column<Template>[] = [
  { id: 'name', head: text.columns.name, isWide: true, cell: ({ name }) => name },
  { id: 'external', head: text.columns.externalId, cell: ({ externalId }) => externalId },
  { id: 'type', head: text.columns.passType, cell: ({ passType }) => templateForm.passTypes[passType] },
  { id: 'fields', head: text.columns.fields, isNumber: true, cell: ({ fields }) => showNumber(fields.length) },
  { id: 'changed', head: text.columns.changed, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];
