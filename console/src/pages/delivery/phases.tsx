import { Progress, Text } from '@mantine/core';
import { showDuration } from '../../format/time.ts';
import classes from './delivery.module.css';
import { delivery as text } from './strings.ts';
import type { Attempt } from './use-delivery.ts';

type Sent = Exclude<Attempt['outcome'], { kind: 'unbuildable' }>;

interface Phase {
  readonly name: string;
  readonly ms: number;
}

/** Shades of the accent, the quick phases darker: no hue, since every hue has a meaning. */
const SHADES = ['ink.8', 'ink.7', 'ink.6', 'ink.5', 'ink.4'];

/** The phases of an attempt as one stacked bar, and in words. */
export function Phases({ outcome }: { readonly outcome: Sent }) {
  const phases = phasesOf(outcome);
  const words = phases.map(({ name, ms }) => `${name} ${showDuration(ms)}`).join(', ');
  const reused = outcome.timings.connectMs === undefined && outcome.kind === 'response' ? `${text.phases.reused}, ` : '';
  const total = outcome.timings.totalMs;
  return (
    <div>
      <Progress.Root size={14} radius="sm" aria-label={text.phases.label(words)} role="img">
        {phases.map(({ name, ms }, index) => (
          <Progress.Section
            key={name}
            value={(ms / Math.max(total, 1)) * 100}
            color={SHADES[index] ?? 'ink.4'}
            aria-hidden
          />
        ))}
      </Progress.Root>
      <Text size="xs" mt={4} className={classes.phases}>
        {reused}
        {words}; {text.phases.total(total)}
        {outcome.remoteAddress !== null && `; ${text.remoteAddress} ${outcome.remoteAddress}`}
      </Text>
    </div>
  );
}

function phasesOf({ timings, kind }: Sent): readonly Phase[] {
  const { dnsMs, connectMs, tlsMs, firstByteMs, totalMs } = timings;
  const known = [
    { name: text.phases.dns, ms: dnsMs },
    { name: text.phases.connect, ms: connectMs },
    { name: text.phases.tls, ms: tlsMs },
    { name: text.phases.firstByte, ms: firstByteMs },
  ].filter((phase): phase is Phase => phase.ms !== undefined);
  const rest = totalMs - known.reduce((sum, { ms }) => sum + ms, 0);
  const last = kind === 'failure' && firstByteMs === undefined ? text.phases.noAnswer : text.phases.rest;
  return rest >= 1 || known.length === 0 ? [...known, { name: last, ms: Math.max(0, rest) }] : known;
}
