import { z } from 'zod';
import { type DeliveryId, parseId, type TenantId } from '../../domain/id.ts';
import type { WatchedFilter } from '../../ports/deliveries.ts';
import type { ReplayId } from '../../ports/replays.ts';
import { EXAMPLE_IDS } from '../example-ids.ts';
import type { Caller } from '../key-ring.ts';

const MAX_TOPICS = 20;
const FORMS = 'deliveries, delivery:{id}, endpoints, replay:{id}, stats, system';

/** What a stream is about. */
export interface Topics {
  /** Every delivery that the filter finds. */
  readonly deliveries: boolean;
  readonly deliveryIds: readonly DeliveryId[];
  readonly endpoints: boolean;
  readonly replayIds: readonly ReplayId[];
  readonly stats: boolean;
  readonly system: boolean;
}

/** What a client wants to watch. */
export interface Wanted {
  readonly caller: Caller;
  /** Undefined: all tenants, for a key that is bound to none. */
  readonly tenantId: TenantId | undefined;
  readonly topics: Topics;
  /** Of the topic `deliveries`. */
  readonly filter: WatchedFilter;
  /** The last message of an earlier connection. */
  readonly lastEventId: string | undefined;
}

export const topicsQuery = z
  .string()
  .transform((text, context): Topics => {
    const words = text.split(',');
    const unknown = words.find((word) => !isTopic(word));
    if (unknown === undefined && words.length <= MAX_TOPICS) return topicsOf(words);
    const message =
      unknown === undefined
        ? `must have ${MAX_TOPICS} topics at most`
        : `must be topics joined by commas: ${FORMS}; this is none: ${unknown.slice(0, 80)}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .meta({
    description: `Topics, joined by commas, ${MAX_TOPICS} at most: \`deliveries\` (those that the other parameters find), \`delivery:{id}\`, \`endpoints\`, \`replay:{id}\`, \`stats\`, \`system\`.`,
    param: { example: `deliveries,replay:${EXAMPLE_IDS.replay}` },
  });

function topicsOf(words: readonly string[]): Topics {
  return {
    deliveries: words.includes('deliveries'),
    deliveryIds: words.flatMap((word) => idOf('delivery', word) ?? []),
    endpoints: words.includes('endpoints'),
    replayIds: words.flatMap((word) => idOf('replay', word) ?? []),
    stats: words.includes('stats'),
    system: words.includes('system'),
  };
}

const WORDS: readonly string[] = ['deliveries', 'endpoints', 'stats', 'system'];

function isTopic(word: string): boolean {
  return WORDS.includes(word) || idOf('delivery', word) !== undefined || idOf('replay', word) !== undefined;
}

function idOf<K extends 'delivery' | 'replay'>(kind: K, word: string) {
  return word.startsWith(`${kind}:`) ? parseId(kind, word.slice(kind.length + 1)) : undefined;
}
