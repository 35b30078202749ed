import { Button } from '@mantine/core';
import { useKey } from '../keyboard/keys.ts';
import { useGo } from '../router/use-go.ts';
import { replays } from '../strings/replays.ts';
import { useLeadsSomewhere } from './page-link.tsx';
import { MOST_CHOSEN } from './selection-bar.tsx';

interface Props {
  readonly deliveryIds: readonly string[];
  /** The states that they are shown in: one that has changed meanwhile is left out. */
  readonly states: readonly string[];
}

/** To a replay of exactly these deliveries. */
export function ReplayChosen({ deliveryIds, states }: Props) {
  const go = useGo();
  const isThere = useLeadsSomewhere()('/replays/new');
  const count = deliveryIds.length;
  const isAllowed = isThere && count <= MOST_CHOSEN;
  const open = (): void =>
    go({ to: '/replays/new', search: { ids: deliveryIds.join(','), state: [...new Set(states)].join(',') } });
  useKey('r', replays.selection.replay(count), open, isAllowed);
  if (!isThere) return null;
  return (
    <Button size="xs" disabled={!isAllowed} onClick={open}>
      {replays.selection.replay(count)}
    </Button>
  );
}
