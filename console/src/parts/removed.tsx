import { Text } from '@mantine/core';
import type { Schemas } from '../../../client/index.ts';
import { removed as text } from '../strings/removed.ts';
import { Time } from './time.tsx';

/** In the place of content that is no longer stored: why, and since when. */
export function Removed({ removal }: { readonly removal: Schemas['ContentRemoval'] | null }) {
  if (!removal) return <Text size="sm">{text.unknown}</Text>;
  return (
    <Text size="sm" component="p" m={0}>
      {text[removal.reason]} <Time at={removal.at} />
    </Text>
  );
}
