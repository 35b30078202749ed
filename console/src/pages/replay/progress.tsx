import { Progress as Bar, Group, Text, Title } from '@mantine/core';
import { showNumber } from '../../format/time.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { ToneIcon } from '../../parts/tone.tsx';
import { type Meaning, toneVariable } from '../../theme/meanings.ts';
import classes from './replay.module.css';
import { replay as text } from './strings.ts';
import { type Replay, underWay, useRateNow } from './use-replay.ts';

type Part = keyof typeof text.parts;

const MEANINGS: Readonly<Record<Exclude<Part, 'left'>, Meaning>> = {
  delivered: 'good',
  failed: 'bad',
  underWay: 'underWay',
  pastRetention: 'neutral',
  skipped: 'neutral',
};

/** How far it is: as one bar and as text. */
export function Progress({ replay, readAtMs }: { readonly replay: Replay; readonly readAtMs: number }) {
  const { state, total, sent, delivered, failed, pastRetention, skipped, left } = replay;
  const counts = { delivered, failed, underWay: underWay(replay), pastRetention, skipped };
  const rateNow = useRateNow(replay, readAtMs);
  const shown = (Object.keys(counts) as (keyof typeof counts)[]).filter(
    (part) => counts[part] > 0 || (part !== 'underWay' && part !== 'pastRetention'),
  );
  return (
    <section aria-labelledby="progress">
      <Group gap="sm" mb="xs">
        <Title order={2} id="progress">
          {text.progress}
        </Title>
        <StateBadge state={state} />
        <Text size="sm">{text.sent(sent, total)}</Text>
      </Group>
      <Bar.Root size={18} radius="sm" aria-hidden>
        {shown
          .filter((part) => counts[part] > 0)
          .map((part) => (
            <Bar.Section
              key={part}
              value={(counts[part] / Math.max(1, total)) * 100}
              color={`var(${toneVariable(MEANINGS[part], 'mark')})`}
              data-part={part}
              className={classes.section}
            />
          ))}
      </Bar.Root>
      <ul className={classes.counts} data-testid="counts">
        {shown.map((part) => (
          <li key={part}>
            <ToneIcon meaning={MEANINGS[part]} /> {text.parts[part]} <b data-count={part}>{showNumber(counts[part])}</b>
          </li>
        ))}
        <li>
          <span className={classes.leftMark} aria-hidden /> {text.parts.left} <b data-count="left">{showNumber(left)}</b>
        </li>
      </ul>
      <Text size="sm" mt="xs">
        {sentences(replay, rateNow).join(' ')}
      </Text>
    </section>
  );
}

function sentences({ state, ratePerSecond, left }: Replay, rateNow: number | undefined): readonly string[] {
  if (state === 'paused') return [text.paused];
  if (state !== 'running') return [];
  const rate = rateNow === undefined ? text.rateOnly(ratePerSecond) : text.rateNow(rateNow, ratePerSecond);
  const fastMs = (left / ratePerSecond) * 1000;
  const slowMs = rateNow !== undefined && rateNow > 0 ? Math.max(fastMs, (left / rateNow) * 1000) : fastMs;
  return [rate, text.takes(fastMs, slowMs), text.mayClose];
}
