import { Button } from '@mantine/core';
import { useGo } from '../router/use-go.ts';
import { useCan } from '../session/me.ts';
import { replays } from '../strings/replays.ts';
import { useLeadsSomewhere } from './page-link.tsx';
import { MOST_CHOSEN } from './selection-bar.tsx';

interface Props {
  readonly eventIds: readonly string[];
  /** Their tenant, where the address does not name it. */
  readonly tenant?: string | undefined;
}

/** To a backfill of exactly these events, which asks for the subscription and counts before it sends. */
export function SendToSubscription({ eventIds, tenant }: Props) {
  const go = useGo();
  const can = useCan();
  if (!useLeadsSomewhere()('/replays/new') || !can('previewBackfill')) return null;
  return (
    <Button
      size="xs"
      variant="default"
      disabled={eventIds.length > MOST_CHOSEN}
      onClick={() => go({ to: '/replays/new', search: { events: eventIds.join(','), ...(tenant && { tenant }) } })}
    >
      {replays.selection.toSubscription}
    </Button>
  );
}
