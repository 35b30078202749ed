import { z } from 'zod';
import { type BodyObject, object } from '../domain/body.ts';
import { instantSchema, toMillisecondsZ, toMinutesZ } from '../domain/instant.ts';
import { type DeliveryPolicy, STANDARD_POLICY } from '../domain/policy.ts';
import { shownId } from '../domain/template.ts';
import { ALWAYS } from '../domain/time-window.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { BodyInput, Dialect } from './dialect.ts';
import {
  eventName,
  fieldText,
  instant,
  openFieldKeys,
  type PlatformWords,
  platformWord,
  shownEventId,
  tenantPassId,
} from './read-event.ts';

const optionsSchema = z
  .strictObject({
    companyKey: z.string().min(1).max(255).meta({
      title: 'Company key',
      description: "The tenant's company key at Vibes; it is part of the URLs of items and campaigns.",
    }),
    // V7: Vibes' page shows both forms.
    instants: z
      .enum(['milliseconds', 'asPublished'])
      .default('milliseconds')
      .meta({
        title: 'Form of instants',
        description: 'How instants are written; all are in UTC.',
        'x-enum-labels': {
          milliseconds: 'All with milliseconds',
          asPublished: 'As published: `event_date` with milliseconds, the others to the minute',
        },
      }),
  })
  .meta({
    id: 'VibesOptions',
    title: 'Vibes options',
    description: 'Integration options of the dialect `vibes`.',
    examples: [{ companyKey: 'acme' }],
  });
const subscriptionSchema = z
  .strictObject({
    method: z
      .enum(['POST', 'PUT'])
      .default('POST')
      .meta({ title: 'HTTP method', description: 'The method of the requests.' }),
    contentType: z
      .enum(['application/json', 'text/json'])
      .default('application/json')
      .meta({ title: 'Content type', description: 'The content type of the requests.' }),
    startsAt: instantSchema.optional().meta({
      title: 'Starts at',
      description: 'Only events accepted from this instant on are delivered. Default: at once.',
    }),
    endsAt: instantSchema.optional().meta({
      title: 'Ends at',
      description: 'Only events accepted before this instant are delivered. Default: no end.',
    }),
  })
  .refine(({ startsAt, endsAt }) => !(startsAt && endsAt && Date.parse(endsAt) < Date.parse(startsAt)), {
    path: ['endsAt'],
    error: 'must not be before startsAt',
  })
  .meta({
    id: 'VibesSubscriptionOptions',
    title: 'Vibes subscription options',
    description: 'Subscription options of the dialect `vibes`.',
    examples: [{ method: 'PUT', startsAt: '2026-02-01T00:00:00Z' }],
  });

type Options = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;

const EVENT_NAMES: Readonly<Partial<Record<Trigger, string>>> = {
  'pass.installed': 'wallet_item_install',
  'pass.uninstalled': 'wallet_item_remove',
};

// V12: the only two providers the vendor names.
const PROVIDERS: PlatformWords = { apple: 'apple', google: 'google' };

const POLICY: DeliveryPolicy = { ...STANDARD_POLICY, permanent: [{ from: 400, to: 499, except: [408, 429] }] };

/** Vibes' wallet callbacks (vendors.md 2.2). What is absent is null, but for tokens: one without a value is left out. */
export const vibes: Dialect<Options, SubscriptionOptions> = {
  name: 'vibes',
  label: 'Vibes',
  description: 'Vibes wallet callbacks: one JSON document with the wallet item, its tokens and its campaign.',
  eventNames: EVENT_NAMES,
  options: optionsSchema,
  // vendor-doors.md V-D1
  uniqueOption: 'companyKey',
  sampleOptions: { companyKey: 'company-key' },
  subscriptionOptions: subscriptionSchema,
  secretKinds: [],
  openContainers: ['/wallet_item/tokens'],
  policy: () => POLICY,
  passIdPaths: () => ['/wallet_item/uuid'],
  // V14
  maxUrlLength: 1024,
  buildBody,
  request: ({ method, contentType }) => ({ method, contentType }),

  warn({ vendor }) {
    if (vendor.vibes?.campaignUid !== undefined) return undefined;
    return 'names a template without vendor.vibes.campaignUid: wallet_campaign_uid is sent as null';
  },

  window: ({ startsAt, endsAt }) => ({
    fromMs: startsAt === undefined ? ALWAYS.fromMs : Date.parse(startsAt),
    untilMs: endsAt === undefined ? ALWAYS.untilMs : Date.parse(endsAt),
  }),
};

function buildBody({ event, trigger, template, options }: BodyInput<Options, SubscriptionOptions>): BodyObject {
  const { pass, device, occurredAt } = event.facts;
  const toOthers = options.instants === 'asPublished' ? toMinutesZ : toMillisecondsZ;
  const type = eventName(EVENT_NAMES, trigger);
  const isInstall = trigger === 'pass.installed';
  const registeredAt = device?.registeredAt ?? (isInstall ? occurredAt : undefined);
  const unregisteredAt = isInstall ? undefined : (device?.unregisteredAt ?? occurredAt);
  const itemId = tenantPassId(pass);
  const token = shownId(template, template.vendor.vibes?.campaignToken);
  const campaignUrl = `/companies/${encodeURIComponent(options.companyKey)}/campaigns/wallet/${encodeURIComponent(token)}/`;
  return object([
    ['event_id', shownEventId(event)],
    // V4: both names in both events.
    ['callback_type', type],
    ['event_type', type],
    ['event_date', toMillisecondsZ(occurredAt)],
    [
      'wallet_instance',
      object([
        ['registered_at', instant(toOthers, registeredAt) ?? null],
        ['unregistered_at', instant(toOthers, unregisteredAt) ?? null],
        ['wallet_instance_uid', device?.installId ?? null],
        ['provider', platformWord(PROVIDERS, device) ?? null],
      ]),
    ],
    [
      'wallet_item',
      object([
        ['uuid', itemId],
        ['wallet_object_uid', pass.id],
        ['expiration_date', instant(toOthers, pass.expiresAt) ?? null],
        ['tokens', object(openFieldKeys(template, pass.fields).map((key) => [key, fieldText(pass, key)]))],
        ['url', `${campaignUrl}items/${encodeURIComponent(itemId)}`],
      ]),
    ],
    [
      'wallet_campaign',
      object([
        ['wallet_campaign_uid', template.vendor.vibes?.campaignUid ?? null],
        ['token', token],
        // V9: with the closing slash, unlike the item's.
        ['url', campaignUrl],
      ]),
    ],
  ]);
}
