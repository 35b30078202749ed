import { z } from 'zod';
import { type BodyObject, fromJson, object } from '../domain/body.ts';
import { toSecondsOffset } from '../domain/instant.ts';
import { passAfter } from '../domain/pass.ts';
import { type DeliveryPolicy, STANDARD_POLICY } from '../domain/policy.ts';
import { shownId } from '../domain/template.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { BodyInput, Dialect } from './dialect.ts';
import { eventName, type PlatformWords, platformWord, tenantPassId } from './read-event.ts';

const optionsSchema = z
  .strictObject({
    exact200: z.boolean().default(false).meta({
      title: 'Only 200 is a success',
      description: "Only status 200 counts as delivered, as in WalletThat's messaging product. Default: any 2xx.",
    }),
    // W5: the examples of WalletThat's page and its table differ.
    origin: z
      .enum(['wallet', 'Wallet'])
      .default('wallet')
      .meta({
        title: 'Origin',
        description: 'The value of `origin`.',
        'x-enum-labels': { wallet: 'wallet, as in the examples', Wallet: 'Wallet, as in the table of fields' },
      }),
  })
  .meta({
    id: 'WalletthatPostbackOptions',
    title: 'WalletThat postback options',
    description: 'Integration options of the dialect `walletthat-postback`.',
    examples: [{ exact200: true }],
  });
const subscriptionSchema = z.strictObject({}).meta({
  id: 'WalletthatPostbackSubscriptionOptions',
  title: 'WalletThat postback subscription options',
  description: 'Subscription options of the dialect `walletthat-postback`: none.',
  examples: [{}],
});

type Options = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;

interface Status {
  readonly text: string;
  /** Absent: the reason of the failure. */
  readonly details?: string;
  readonly shows: readonly ('tracking' | 'device' | 'reference')[];
}

/** By status code (vendors.md 4.2). W7: there is no N803. W10: the events with a `tracking-id`. */
const STATUSES: Readonly<Record<string, Status>> = {
  N801: { text: 'Generated', details: 'Pass generated successfully', shows: ['tracking'] },
  N802: { text: 'Failed', shows: ['tracking'] },
  N804: { text: 'Installed', details: 'Pass Installed on the App', shows: ['device', 'reference'] },
  N805: { text: 'Uninstalled', details: 'Pass Uninstalled on the App', shows: ['device', 'reference'] },
  N806: { text: 'Updated', details: 'Pass data updated via API/Web', shows: ['tracking'] },
  N807: { text: 'Notified', details: 'Pass was updated on the app', shows: ['device'] },
};

const CODES: Readonly<Partial<Record<Trigger, string>>> = {
  'pass.generated': 'N801',
  'pass.generation_failed': 'N802',
  'pass.installed': 'N804',
  'pass.uninstalled': 'N805',
  'pass.updated': 'N806',
  'pass.voided': 'N806',
  'pass.refreshed': 'N807',
};

// W11: the vendor still uses the name Google Pay.
const APP_TYPES: PlatformWords = { apple: 'Apple Wallet', google: 'Google Pay' };

const FIVE_MINUTES_MS = 5 * 60 * 1000;

const POLICY: DeliveryPolicy = {
  ...STANDARD_POLICY,
  timeoutMs: 10_000,
  retryDelaysMs: [FIVE_MINUTES_MS, FIVE_MINUTES_MS, FIVE_MINUTES_MS, FIVE_MINUTES_MS, FIVE_MINUTES_MS],
};

/** WalletThat's wallet postback (vendors.md 4.2). */
export const walletthatPostback: Dialect<Options, SubscriptionOptions> = {
  name: 'walletthat-postback',
  label: 'WalletThat postback',
  description:
    'WalletThat wallet postback: one flat JSON object per status code, N801 to N807, retried every five minutes.',
  eventNames: CODES,
  triggerNotes: { 'pass.voided': { description: 'WalletThat sends a voided pass as an update, N806.' } },
  options: optionsSchema,
  subscriptionOptions: subscriptionSchema,
  secretKinds: [],
  openContainers: ['/reference-data'],
  policy: ({ exact200 }) => (exact200 ? { ...POLICY, success: [{ from: 200, to: 200 }] } : POLICY),
  passIdPaths: () => ['/pass-id'],
  buildBody,
};

function buildBody(input: BodyInput<Options, SubscriptionOptions>): BodyObject {
  const { trigger, template, options } = input;
  const { facts } = input.event;
  const code = eventName(CODES, trigger);
  const status = STATUSES[code];
  const pass = passAfter(facts);
  const shows = new Set(status?.shows);
  return object([
    ['origin', options.origin],
    ['status-code', code],
    ['status-text', status?.text],
    ['status-details', status?.details ?? facts.failure?.reason],
    ['pass-template-id', shownId(template, template.vendor.walletthat?.templateId)],
    ['pass-id', tenantPassId(pass)],
    ['tracking-id', shows.has('tracking') ? facts.trackingId : undefined],
    ['timestamp', toSecondsOffset(facts.occurredAt)],
    ['app-type', shows.has('device') ? platformWord(APP_TYPES, facts.device) : undefined],
    ['install-id', shows.has('device') ? facts.device?.installId : undefined],
    ['reference-data', shows.has('reference') && pass.referenceData ? fromJson(pass.referenceData) : undefined],
  ]);
}
