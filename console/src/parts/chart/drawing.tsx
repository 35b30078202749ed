import '@mantine/charts/styles.css';
import { AreaChart, BarChart, LineChart } from '@mantine/charts';
import { useId } from 'react';
import { showBucket, showShortNumber } from '../../format/time.ts';
import { usePreferences } from '../../preferences.ts';
import { colourOf, dashOf, type Point, type Series } from './series.ts';
import { isPatterned, PatternDefinition } from './swatch.tsx';
import { useTurn } from './turns.ts';

export interface DrawingProps {
  readonly kind: 'bars' | 'lines' | 'areas';
  readonly name: string;
  readonly sentence: string;
  readonly series: readonly Series[];
  readonly points: readonly Point[];
  readonly stepMs: number;
  /** A value in words. Default: the number. */
  readonly format?: ((value: number) => string) | undefined;
  /** The same on the axis, where there is little room. Default: the short number. */
  readonly axisFormat?: ((value: number) => string) | undefined;
  /** Instants that are marked, such as changes that explain the course. */
  readonly marks?: readonly Mark[] | undefined;
  /** Opens what a bucket, or a series in it, is about. */
  readonly onOpen?: ((point: Point, key?: string) => void) | undefined;
}

export interface Mark {
  readonly at: number;
  readonly label: string;
}

const HEIGHT = 220;

/** The drawing itself, when it is its turn: the only module that loads the chart library. */
export function Drawing(props: DrawingProps) {
  return useTurn() && <Drawn {...props} />;
}

function Drawn(props: DrawingProps) {
  const { kind, name, sentence, series, points, stepMs, format, axisFormat, marks = [], onOpen } = props;
  const { zone } = usePreferences();
  const prefix = useId();
  const data = points.map(({ at, values }) => ({ at, ...values }));
  const byKey = new Map(series.map((one) => [one.key, one]));
  const fill = (key: string): string => {
    const one = byKey.get(key);
    return one === undefined || !isPatterned(one) ? colourOf(one ?? {}) : `url(#${prefix}${key})`;
  };
  const open = (index: number | string | null | undefined, key?: string): void => {
    const point = points[Number(index)];
    if (index !== null && index !== undefined && point) onOpen?.(point, key);
  };
  const chartProps = {
    title: name,
    desc: sentence,
    margin: { top: 8, right: kind === 'lines' ? 44 : 8, left: 4, bottom: 4 },
    ...(onOpen && {
      onClick: ({ activeTooltipIndex }: { readonly activeTooltipIndex?: number | string | null | undefined }) =>
        open(activeTooltipIndex),
      style: { cursor: 'pointer' },
    }),
  };
  const definitions = (
    <defs>
      {series.filter(isPatterned).map((one) => (
        <PatternDefinition key={one.key} id={`${prefix}${one.key}`} series={one} />
      ))}
    </defs>
  );
  const shared = {
    h: HEIGHT,
    data,
    dataKey: 'at',
    series: series.map((one) => ({ name: one.key, label: one.label, color: colourOf(one) })),
    strokeDasharray: '2 4',
    gridAxis: 'x' as const,
    tickLine: 'none' as const,
    xAxisProps: { tickFormatter: (at: number) => showBucket(at, stepMs, zone), minTickGap: 28 },
    yAxisProps: { tickFormatter: axisFormat ?? showShortNumber, width: axisFormat ? 56 : 44, allowDecimals: false },
    // called without a bucket too, while nothing is pointed at
    tooltipProps: { labelFormatter: (at: unknown) => (typeof at === 'number' ? showBucket(at, stepMs, zone) : '') },
    ...(format && { valueFormatter: format }),
    referenceLines: marks.flatMap(({ at, label }) => {
      // an axis of buckets has no place between them
      const index = points.findIndex((point) => at >= point.at && at < point.at + stepMs);
      const labelPosition = index > points.length / 2 ? ('insideTopRight' as const) : ('insideTopLeft' as const);
      const point = points[index];
      return point ? [{ x: point.at, label, labelPosition, color: 'var(--mantine-color-text)' }] : [];
    }),
  };
  if (kind === 'bars') {
    return (
      <BarChart
        {...shared}
        type="stacked"
        maxBarWidth={32}
        barChartProps={chartProps}
        barProps={({ name: key }) => ({
          fill: fill(key),
          // one failure among thousands is seen
          minPointSize: (_value: unknown, index: number) => ((points[index]?.values[key] ?? 0) > 0 ? 2 : 0),
          ...(onOpen && {
            onClick: (_bar: unknown, index: number, event: { stopPropagation(): void }) => {
              event.stopPropagation();
              open(index, key);
            },
          }),
        })}
      >
        {definitions}
      </BarChart>
    );
  }
  if (kind === 'areas') {
    return (
      <AreaChart
        {...shared}
        type="stacked"
        curveType="linear"
        withDots={false}
        withGradient={false}
        fillOpacity={0.75}
        connectNulls={false}
        areaChartProps={chartProps}
        areaProps={({ name: key }) => ({ fill: fill(key), strokeWidth: 1.5 })}
      >
        {definitions}
      </AreaChart>
    );
  }
  return (
    <LineChart
      {...shared}
      curveType="linear"
      connectNulls={false}
      dotProps={{ r: 2 }}
      lineChartProps={chartProps}
      lineProps={({ name: key }) => {
        const dash = dashOf(byKey.get(key) ?? {});
        return { ...(dash !== undefined && { strokeDasharray: dash }), ...endLabel(props, key) };
      }}
    />
  );
}

interface LabelPlace {
  readonly x?: number | string | undefined;
  readonly y?: number | string | undefined;
  readonly index?: number | undefined;
}

/** The name of a line at its end, where the names of all lines fit beside each other. */
function endLabel({ series, points }: DrawingProps, key: string) {
  const last = points.findLastIndex(({ values }) => values[key] !== null && values[key] !== undefined);
  const most = Math.max(...points.flatMap(({ values }) => series.map((one) => values[one.key] ?? 0)));
  const ends = series.map((one) => points[last]?.values[one.key] ?? 0).toSorted((a, b) => a - b);
  const fits = ends.every((value, index) => index === 0 || value - (ends[index - 1] ?? 0) >= most / 12);
  if (last < 0 || !fits) return {};
  const label = series.find((one) => one.key === key)?.label;
  return {
    label: ({ x, y, index }: LabelPlace) =>
      index === last ? (
        <text x={Number(x) + 8} y={Number(y) + 4} fontSize={12} fill="currentColor">
          {label}
        </text>
      ) : (
        <g />
      ),
  };
}
