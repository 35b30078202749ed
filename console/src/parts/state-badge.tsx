import { states as text } from '../strings/states.ts';
import type { Meaning } from '../theme/meanings.ts';
import { ToneBadge } from './tone.tsx';

const MEANING = {
  pending: 'underWay',
  delivering: 'underWay',
  retrying: 'attention',
  held: 'waiting',
  blocked: 'waiting',
  parked: 'waiting',
  succeeded: 'good',
  dead: 'bad',
  cancelled: 'neutral',
  working: 'good',
  failing: 'bad',
  throttled: 'attention',
  closed: 'good',
  'half-open': 'attention',
  open: 'bad',
  disabled: 'bad',
  enabled: 'good',
  running: 'underWay',
  paused: 'waiting',
  done: 'good',
  delivered: 'good',
  retryable: 'attention',
  permanent: 'bad',
  replayed: 'neutral',
  discarded: 'neutral',
} as const satisfies Record<keyof typeof text, Meaning>;

export type State = keyof typeof MEANING;

export function meaningOf(state: State): Meaning {
  return MEANING[state];
}

/** The state of a delivery, an endpoint, a breaker or a replay: icon, word and colour. */
export function StateBadge({ state }: { readonly state: State }) {
  return <ToneBadge meaning={MEANING[state]}>{text[state]}</ToneBadge>;
}
