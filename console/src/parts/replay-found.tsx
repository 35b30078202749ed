import { Button } from '@mantine/core';
import { useGo } from '../router/use-go.ts';
import { replays } from '../strings/replays.ts';
import { useLeadsSomewhere } from './page-link.tsx';

interface Props {
  readonly search: Readonly<Record<string, string | undefined>>;
  readonly label?: string;
}

/** To a bulk replay of exactly what a filter finds, which counts before it sends. */
export function ReplayFound({ search, label = replays.selection.found }: Props) {
  const go = useGo();
  if (!useLeadsSomewhere()('/replays/new')) return null;
  return (
    <Button variant="default" size="sm" onClick={() => go({ to: '/replays/new', search })}>
      {label}
    </Button>
  );
}
