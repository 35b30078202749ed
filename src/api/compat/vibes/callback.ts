import { z } from 'zod';
import { vibes } from '../../../dialects/vibes.ts';
import { toSecondsZ } from '../../../domain/instant.ts';
import { shownId } from '../../../domain/template.ts';
import type { Trigger } from '../../../domain/trigger.ts';
import type { SubscriptionRecord } from '../../../ports/configuration.ts';

export const CALLBACK_TYPES = ['wallet_item_install', 'wallet_item_remove'] as const;
export type CallbackType = (typeof CALLBACK_TYPES)[number];

export const TRIGGER_OF: Readonly<Record<CallbackType, Trigger>> = {
  wallet_item_install: 'pass.installed',
  wallet_item_remove: 'pass.uninstalled',
};

const EXAMPLE = {
  callback_id: 'sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77',
  callback_type: 'wallet_item_install',
  event_type: 'wallet_item_install',
  wallet_item_install: { campaign_token: 'r3zhm8' },
  destination: { url: 'https://destination.example/hook', method: 'POST', content_type: 'application/json' },
  start_date: '2026-08-23T16:45:49Z',
  url: '/companies/acme/config/callbacks/sub_0198c3f0-3c1e-7d2a-9f43-5b8a6d0e1c77',
  created_at: '2026-08-23T16:45:49Z',
  updated_at: '2026-08-23T16:45:49Z',
};

const campaignSchema = z.object({ campaign_token: z.string().meta({ description: "The campaign's token." }) });

/** A registration as Vibes answers it (vendors.md 2.1). */
export const callbackSchema = z
  .object({
    callback_id: z.string().meta({ description: "Our subscription's id." }),
    callback_type: z.enum(CALLBACK_TYPES).meta({ description: 'The type of the events.' }),
    event_type: z.enum(CALLBACK_TYPES).meta({ description: 'The same, by its deprecated name.' }),
    wallet_item_install: campaignSchema.optional().meta({ description: 'The campaign, for installs.' }),
    wallet_item_remove: campaignSchema.optional().meta({ description: 'The campaign, for removals.' }),
    destination: z
      .object({
        url: z.string().meta({ description: 'The endpoint, as it was registered.' }),
        method: z.string().meta({ description: 'The HTTP method.' }),
        content_type: z.string().meta({ description: 'The content type.' }),
      })
      .meta({ description: 'Where events are sent.' }),
    start_date: z.string().meta({ description: 'Events accepted from then on are sent.' }),
    end_date: z
      .string()
      .optional()
      .meta({ description: 'Events accepted before then are sent; absent while there is none.' }),
    url: z.string().meta({ description: 'The path of the callback, without our prefix.' }),
    created_at: z.string().meta({ description: 'When it was registered.' }),
    updated_at: z.string().meta({ description: 'When it was changed last.' }),
  })
  .meta({ id: 'VibesCallback', description: 'A callback registration.', examples: [EXAMPLE] });
export type Callback = z.infer<typeof callbackSchema>;

/** A subscription as a callback; undefined when Vibes has no words for it: it is to all templates. */
export function showCallback(companyKey: string, record: SubscriptionRecord): Callback | undefined {
  const { subscription, template } = record;
  const { id, trigger, url, createdAt, updatedAt } = subscription;
  const type = CALLBACK_TYPES.find((candidate) => TRIGGER_OF[candidate] === trigger);
  if (!template || !type) return undefined;
  const { method, contentType } = optionsOf(record);
  const { startsAt, endsAt } = datesOf(record);
  return {
    callback_id: id,
    callback_type: type,
    event_type: type,
    [type]: { campaign_token: shownId(template, template.vendor.vibes?.campaignToken) },
    destination: { url, method, content_type: contentType },
    start_date: toSecondsZ(startsAt),
    ...(endsAt !== undefined && { end_date: toSecondsZ(endsAt) }),
    url: `/companies/${companyKey}/config/callbacks/${id}`,
    created_at: toSecondsZ(createdAt.toISOString()),
    updated_at: toSecondsZ(updatedAt.toISOString()),
  };
}

export function optionsOf({ subscription }: Pick<SubscriptionRecord, 'subscription'>) {
  return vibes.subscriptionOptions.parse(subscription.options);
}

/** When events are taken. Cancelling ends a callback at once, and begins one that was to begin later (V-D10). */
export function datesOf(record: Pick<SubscriptionRecord, 'subscription' | 'deletedAt'>): {
  readonly startsAt: string;
  readonly endsAt: string | undefined;
} {
  const { startsAt = record.subscription.createdAt.toISOString(), endsAt } = optionsOf(record);
  const deletedAt = record.deletedAt?.toISOString();
  if (deletedAt === undefined) return { startsAt, endsAt };
  return { startsAt: earlier(startsAt, deletedAt), endsAt: endsAt === undefined ? deletedAt : earlier(endsAt, deletedAt) };
}

function earlier(one: string, other: string): string {
  return Date.parse(one) <= Date.parse(other) ? one : other;
}
