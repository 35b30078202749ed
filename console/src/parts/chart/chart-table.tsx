import { Text } from '@mantine/core';
import { showBucket } from '../../format/time.ts';
import { usePreferences } from '../../preferences.ts';
import { charts as text } from '../../strings/charts.ts';
import { DataTable } from '../data-table.tsx';
import type { Target } from '../page-link.tsx';
import type { Point, Series } from './series.ts';

interface Props {
  readonly name: string;
  readonly series: readonly Series[];
  readonly points: readonly Point[];
  readonly stepMs: number;
  format(value: number): string;
  readonly linkOf: ((point: Point) => Target) | undefined;
}

/** The numbers of a chart. Each bucket leads where its bar leads. */
export function ChartTable({ name, series, points, stepMs, format, linkOf }: Props) {
  const { zone } = usePreferences();
  const rows = points.filter(({ values }) => series.some(({ key }) => values[key]));
  const show = ({ values }: Point, key: string): string => {
    const value = values[key];
    return value === null || value === undefined ? text.noData : format(value);
  };
  return (
    <>
      <DataTable
        label={text.tableOf(name)}
        rows={rows}
        minWidth={320}
        keyOf={({ at }) => String(at)}
        columns={[
          { id: 'at', head: text.at, cell: ({ at }) => showBucket(at, stepMs, zone) },
          ...series.map(({ key, label }) => ({
            id: key,
            head: label,
            isNumber: true,
            cell: (point: Point) => show(point, key),
          })),
        ]}
        {...(linkOf && { linkOf: (point: Point) => linkOf(point) })}
        narrow={(point) => [
          showBucket(point.at, stepMs, zone),
          series.map(({ key, label }) => `${label}: ${show(point, key)}`).join(', '),
        ]}
      />
      {rows.length < points.length && (
        <Text size="xs" c="dimmed">
          {text.emptyLeftOut}
        </Text>
      )}
    </>
  );
}
