import { endpoints as text } from '../../strings/endpoints.ts';
import type { Meaning } from '../../theme/meanings.ts';
import { ToneBadge } from '../tone.tsx';
import type { BoardEndpoint } from './reason.ts';

export const CONDITION_MEANING: Readonly<Record<BoardEndpoint['condition'], Meaning>> = {
  disabled: 'bad',
  open: 'bad',
  'half-open': 'attention',
  failing: 'bad',
  throttled: 'attention',
  waiting: 'waiting',
  working: 'good',
};

/** What an endpoint does now. */
export function ConditionBadge({ condition }: Pick<BoardEndpoint, 'condition'>) {
  return <ToneBadge meaning={CONDITION_MEANING[condition]}>{text.conditions[condition]}</ToneBadge>;
}
