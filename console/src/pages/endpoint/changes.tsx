import { Text, Title } from '@mantine/core';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Time } from '../../parts/time.tsx';
import { useCan } from '../../session/me.ts';
import { endpoint as text } from './strings.ts';
import type { Change } from './use-changes.ts';

/** What has changed, newest first. */
export function Changes({ changes }: { readonly changes: readonly Change[] }) {
  const can = useCan();
  return (
    <section aria-labelledby="changes">
      <Title order={2} id="changes" mb="xs">
        {text.changes}
      </Title>
      <DataTable
        label={text.changes}
        columns={COLUMNS}
        rows={changes}
        keyOf={({ at, what }) => `${at} ${what}`}
        narrow={({ at, what, who, why }) => [
          <>
            <b key="what">{text.what[what]}</b>
            <Time key="at" at={at} />
          </>,
          [who, why].flatMap((part) => part ?? []).join(': '),
        ]}
      />
      {!can('listAudit') && (
        <Text size="sm" c="dimmed" mt="xs">
          {text.auditMissing}
        </Text>
      )}
    </section>
  );
}

const COLUMNS: readonly Column<Change>[] = [
  { id: 'at', head: text.columns.at, cell: ({ at }) => <Time at={at} /> },
  { id: 'what', head: text.columns.what, cell: ({ what }) => text.what[what] },
  { id: 'who', head: text.columns.who, cell: ({ who }) => who },
  { id: 'why', head: text.columns.why, isWide: true, cell: ({ why }) => <span title={why}>{why}</span> },
];
