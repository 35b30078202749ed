import { useId } from 'react';
import { colourOf, dashOf, type Series } from './series.ts';

/** The definition of a pattern in the colour of its series, to be filled with. Hatching is seen in grey and in print too. */
export function PatternDefinition({ id, series }: { readonly id: string; readonly series: Series }) {
  const colour = colourOf(series);
  return (
    <pattern id={id} width={6} height={6} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width={6} height={6} fill={colour} fillOpacity={series.pattern === 'lined' ? 1 : 0.28} />
      {series.pattern === 'hatched' && <rect width={2.5} height={6} fill={colour} />}
      {series.pattern === 'lined' && <rect width={6} height={1.5} fill="var(--mantine-color-body)" />}
      {series.pattern === 'dotted' && <circle cx={3} cy={3} r={1.5} fill={colour} />}
    </pattern>
  );
}

/** Whether a series is filled with a pattern rather than with its colour. */
export function isPatterned({ pattern = 'plain' }: Series): boolean {
  return pattern === 'hatched' || pattern === 'lined' || pattern === 'dotted';
}

/** A sample of how a series is drawn. */
export function Swatch({ series, isLine }: { readonly series: Series; readonly isLine: boolean }) {
  const id = useId();
  return (
    <svg width={isLine ? 26 : 12} height={12} aria-hidden focusable={false}>
      {isLine ? (
        <line x1={0} x2={26} y1={6} y2={6} stroke={colourOf(series)} strokeWidth={2} strokeDasharray={dashOf(series)} />
      ) : (
        <>
          <defs>{isPatterned(series) && <PatternDefinition id={id} series={series} />}</defs>
          <rect width={12} height={12} rx={2} fill={isPatterned(series) ? `url(#${id})` : colourOf(series)} />
        </>
      )}
    </svg>
  );
}
