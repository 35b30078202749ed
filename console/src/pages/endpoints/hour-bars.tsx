import type { Schemas } from '../../../../client/index.ts';
import { endpoints as text } from '../../strings/endpoints.ts';
import { toneVariable } from '../../theme/meanings.ts';

type Bucket = Schemas['BoardEndpoint']['lastHour'][number];

const WIDTH = 5;
const GAP = 2;
const HEIGHT = 20;
const PARTS = [
  ['delivered', 'good'],
  ['retryable', 'attention'],
  ['permanent', 'bad'],
] as const;

/** Attempts of the last hour, in bars of five minutes. */
export function HourBars({ buckets }: { readonly buckets: readonly Bucket[] }) {
  const sums = { delivered: 0, retryable: 0, permanent: 0 };
  for (const bucket of buckets) for (const [part] of PARTS) sums[part] += bucket[part];
  const most = Math.max(1, ...buckets.map(({ delivered, retryable, permanent }) => delivered + retryable + permanent));
  return (
    <svg width={buckets.length * (WIDTH + GAP)} height={HEIGHT} role="img" aria-label={text.lastHour(sums)}>
      <title>{text.lastHour(sums)}</title>
      {buckets.map((bucket, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its place is what tells a bucket apart
        <Bar key={index} bucket={bucket} most={most} x={index * (WIDTH + GAP)} />
      ))}
    </svg>
  );
}

function Bar({ bucket, most, x }: { readonly bucket: Bucket; readonly most: number; readonly x: number }) {
  let y = HEIGHT;
  return (
    <>
      <rect x={x} y={HEIGHT - 1} width={WIDTH} height={1} fill="var(--mantine-color-default-border)" />
      {PARTS.map(([part, meaning]) => {
        if (bucket[part] === 0) return null;
        // one failure among thousands is seen
        const height = Math.max(2, (bucket[part] / most) * (HEIGHT - 4));
        y -= height;
        return (
          <rect
            key={part}
            x={x}
            y={y}
            width={WIDTH}
            height={height}
            fill={`var(${toneVariable(meaning, 'mark')})`}
            data-part={part}
          />
        );
      })}
    </>
  );
}
