import { Select, Stack } from '@mantine/core';
import { AuditEntries } from '../../parts/audit-entries.tsx';
import { Empty } from '../../parts/empty.tsx';
import { ExportMenu } from '../../parts/export-menu.tsx';
import { FilterChips } from '../../parts/filter-chips.tsx';
import { FilterSheet } from '../../parts/filter-sheet.tsx';
import { NoMatch } from '../../parts/no-match.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { TextFilter } from '../../parts/text-filter.tsx';
import { TimeRangeField } from '../../parts/time-range-field.tsx';
import type { Query } from '../../router/query-string.ts';
import { timeRangeOf } from '../../router/time-range.ts';
import { useFilter } from '../../router/use-filter.ts';
import { useTenantId } from '../../session/me.ts';
import { ACTS, audit as text } from '../../strings/audit.ts';

/** Who changed it? */
export function Page() {
  const { own, query, chips, change, remove } = useFilter(text.chip);
  const tenantId = useTenantId();
  const filter = { ...filterOf(own), ...(tenantId !== undefined && { tenantId }) };
  const empty =
    chips.length === 0 ? (
      <Empty title={text.none}>{text.noneText}</Empty>
    ) : (
      <NoMatch title={text.noMatch} lead={text.remove} chips={chips} onRemove={remove} />
    );
  return (
    <Stack gap="sm">
      <PageTitle actions={<ExportMenu path="/v1/audit/export" query={filter} />}>{text.title}</PageTitle>
      <FilterSheet>
        <TimeRangeField query={query} onChange={change} />
        <Select
          aria-label={text.filters.action}
          placeholder={text.filters.anyAction}
          searchable
          clearable
          value={query.action ?? null}
          onChange={(action) => change({ action: action ?? undefined })}
          data={Object.entries(ACTS).map(([value, label]) => ({ value, label }))}
        />
        <TextFilter
          label={text.filters.target}
          value={query.target ?? ''}
          width={200}
          onChange={(target) => change({ target })}
        />
        <TextFilter
          label={text.filters.actor}
          value={query.actor ?? ''}
          width={200}
          onChange={(actor) => change({ actor })}
        />
      </FilterSheet>
      <FilterChips chips={chips} onRemove={remove} />
      <AuditEntries filter={filter} empty={empty} />
    </Stack>
  );
}

function filterOf({ action, target, actor, ...range }: Query): Readonly<Record<string, string>> {
  return { ...(action && { action }), ...(target && { target }), ...(actor && { actor }), ...timeRangeOf(range) };
}
