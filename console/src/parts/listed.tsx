import { Alert, Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { zoneName } from '../format/time.ts';
import { usePreferences } from '../preferences.ts';
import { parts as text } from '../strings/parts.ts';
import { DataTable, type DataTableProps } from './data-table.tsx';
import { ProblemAlert } from './problem-alert.tsx';
import { Skeletons } from './skeletons.tsx';
import { type List, PAGE_ROWS } from './use-list.ts';

interface Props<T> extends Omit<DataTableProps<T>, 'rows'> {
  readonly list: List<T>;
  /** What stands there without a row. */
  readonly empty: ReactNode;
}

/** A list of the API: rows, or why there are none, and more of them on demand. A failure leaves the rows that are there. */
export function Listed<T>({ list, empty, ...table }: Props<T>) {
  const { rows, error, isLoading, isLoadingMore, hasMore, isFull } = list;
  const { zone } = usePreferences();
  if (isLoading) return <Skeletons rows={10} />;
  return (
    <>
      {error !== null && error !== undefined && <ProblemAlert error={error} onRetry={list.reload} />}
      {rows.length === 0 && !error && empty}
      {rows.length > 0 && (
        <>
          <DataTable {...table} rows={rows} isList />
          <Group justify="space-between" py="sm" gap="sm">
            <Text size="xs" c="dimmed">
              {text.shown(rows.length)}. {text.timesIn(zoneName(zone))}
            </Text>
            {hasMore && (
              <Button variant="default" size="xs" loading={isLoadingMore} onClick={list.loadMore}>
                {text.loadMore(PAGE_ROWS)}
              </Button>
            )}
          </Group>
          {isFull && <Alert color="gray">{text.tooMany(rows.length)}</Alert>}
        </>
      )}
    </>
  );
}
