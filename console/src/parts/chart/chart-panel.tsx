import { Button, Card, Group, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useId } from 'react';
import { showNumber } from '../../format/time.ts';
import { useGo } from '../../router/use-go.ts';
import { charts as text } from '../../strings/charts.ts';
import type { Target } from '../page-link.tsx';
import { useLeadsSomewhere } from '../page-link.tsx';
import { Time } from '../time.tsx';
import classes from './chart.module.css';
import { ChartTable } from './chart-table.tsx';
import type { DrawingProps } from './drawing.tsx';
import type { Point } from './series.ts';
import { Swatch } from './swatch.tsx';

const Drawing = lazy(async () => ({ default: (await import('./drawing.tsx')).Drawing }));

export interface ChartPanelProps extends Omit<DrawingProps, 'onOpen'> {
  /** The period in words: "Last 24 hours". */
  readonly range: string;
  /** When the data were read. */
  readonly asOf: Date;
  /** One number for each series, by its key, beside its name. */
  readonly totals?: Readonly<Record<string, number>>;
  /** The list that a bucket, or a series in it, is about. */
  linkOf?(point: Point, key?: string): Target;
}

/** A chart: its name, its content in one sentence, range, bucket and "as of", the drawing, and the same as a table on demand. */
export function ChartPanel({ range, asOf, totals, linkOf, ...drawing }: ChartPanelProps) {
  const { kind, name, sentence, series, points, stepMs, format = showNumber } = drawing;
  const [isTable, table] = useDisclosure();
  const heading = useId();
  const go = useGo();
  const leadsSomewhere = useLeadsSomewhere();
  const first = points[0];
  const link = linkOf && first && leadsSomewhere(linkOf(first).to) ? linkOf : undefined;
  const isEmpty = points.every(({ values }) => series.every(({ key }) => !values[key]));
  return (
    <Card component="section" withBorder p="md" aria-labelledby={heading} data-testid="chart">
      <Title order={2} id={heading}>
        {name}
      </Title>
      <Text size="sm">{sentence}</Text>
      <Text size="xs" c="dimmed" component="div">
        {range}, {text.buckets(stepMs)}, {text.asOf} <Time at={asOf} />
      </Text>
      <ul className={classes.key} aria-hidden={totals === undefined}>
        {series.map((one) => (
          <li key={one.key}>
            <Swatch series={one} isLine={kind === 'lines'} /> {one.label}
            {totals?.[one.key] !== undefined && <b>{format(totals[one.key] ?? 0)}</b>}
          </li>
        ))}
      </ul>
      <div className={classes.drawing}>
        {isEmpty ? (
          <Text size="sm" c="dimmed" className={classes.nothing}>
            {text.nothing}
          </Text>
        ) : (
          <Suspense>
            <Drawing {...drawing} onOpen={link && ((point, key) => go(link(point, key)))} />
          </Suspense>
        )}
      </div>
      <Group justify="flex-end">
        <Button size="compact-xs" variant="subtle" disabled={isEmpty} aria-expanded={isTable} onClick={table.toggle}>
          {isTable ? text.hideTable : text.showTable}
        </Button>
      </Group>
      {isTable && !isEmpty && (
        <ChartTable name={name} series={series} points={points} stepMs={stepMs} format={format} linkOf={link} />
      )}
    </Card>
  );
}
