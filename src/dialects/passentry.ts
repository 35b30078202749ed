import { createHmac, createSecretKey } from 'node:crypto';
import { z } from 'zod';
import { type BodyObject, type BodyValue, object } from '../domain/body.ts';
import { toSecondsZ } from '../domain/instant.ts';
import { STANDARD_POLICY } from '../domain/policy.ts';
import type { SigningSecret } from '../domain/signing.ts';
import type { Trigger } from '../domain/trigger.ts';
import type { BodyInput, Dialect, HeaderSigner } from './dialect.ts';
import { includedPass } from './passentry-pass.ts';
import { includedReader, includedScan, linkage, scanIdOf } from './passentry-scan.ts';
import { eventName, shownEventId } from './read-event.ts';

const optionsSchema = z
  .strictObject({
    // E5: two shapes of a barcode are published.
    barcodeShape: z
      .enum(['asPublished', 'legacy', 'current'])
      .default('asPublished')
      .meta({
        title: 'Shape of the barcode',
        description: 'Which of the two published shapes of a barcode is sent.',
        'x-enum-labels': {
          asPublished: 'As published: legacy for taps and removals, current for the others',
          legacy: 'Legacy: type, value and displayText',
          current: 'Current: also enabled and source',
        },
      }),
    signatureEncoding: z
      .enum(['hex', 'base64'])
      .default('hex')
      .meta({
        title: 'Signature encoding',
        description: 'How `X-Webhook-Signature` is encoded.',
        'x-enum-labels': { hex: 'Hexadecimal', base64: 'Base64' },
      }),
    // E10
    allowDeprecated: z.boolean().default(false).meta({
      title: 'Allow deprecated events',
      description: 'New subscriptions may use `passTapped`, which PassEntry has deprecated.',
    }),
    // vendor-doors.md E-D7: what a registration says about itself.
    scopeType: z.string().min(1).max(64).optional().meta({
      title: 'Scope type',
      description: "The kind of scope that PassEntry's registration API shows. Default there: `organisation`.",
    }),
    scopeName: z.string().min(1).max(255).optional().meta({
      title: 'Scope name',
      description: "The scope's name that PassEntry's registration API shows. Default there: the name of the tenant.",
    }),
    entityId: z.string().min(1).max(255).optional().meta({
      title: 'Entity id',
      description: "The entity that PassEntry's registration API filters by. Default: the whole organisation.",
    }),
  })
  .meta({
    id: 'PassentryOptions',
    title: 'PassEntry options',
    description: 'Integration options of the dialect `passentry`.',
    examples: [{ signatureEncoding: 'base64' }],
  });
const subscriptionSchema = z.strictObject({}).meta({
  id: 'PassentrySubscriptionOptions',
  title: 'PassEntry subscription options',
  description: 'Subscription options of the dialect `passentry`: none.',
  examples: [{}],
});

type PassEntryOptions = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;
type Input = BodyInput<PassEntryOptions, SubscriptionOptions>;

const EVENT_NAMES: Readonly<Partial<Record<Trigger, string>>> = {
  'pass.created': 'passCreated',
  'pass.installed': 'passInstalled',
  'pass.uninstalled': 'passRemoved',
  'pass.scanned': 'passScanned',
  'pass.tapped': 'passTapped',
};

/** PassEntry's webhooks (vendors.md 5.3): one event that links to and includes its pass, scan and reader. An absent value is null. */
export const passentry: Dialect<PassEntryOptions, SubscriptionOptions> = {
  name: 'passentry',
  label: 'PassEntry',
  description: 'PassEntry webhooks: a JSON:API document that links to and includes the pass, signed in a header.',
  eventNames: EVENT_NAMES,
  triggerNotes: { 'pass.tapped': { deprecated: 'PassEntry advises passScanned instead; allowDeprecated permits it.' } },
  options: optionsSchema,
  subscriptionOptions: subscriptionSchema,
  secretKinds: ['passentry'],
  signatures: [
    {
      kind: 'passentry',
      secret: 'passentry',
      location: 'header `X-Webhook-Signature`',
      description: 'HMAC-SHA256 over the raw body, keyed with the bytes of the secret’s text, as hex or base64.',
      always: true,
    },
  ],
  openContainers: [],
  policy: () => STANDARD_POLICY,
  passIdPaths: (trigger) => ['/data/relationships/pass/data/id', `/included/${hasScan(trigger) ? 1 : 0}/id`],
  buildBody,
  headerSigner,

  refuse(trigger, { allowDeprecated }) {
    if (trigger !== 'pass.tapped' || allowDeprecated) return undefined;
    return {
      pointer: '/trigger',
      detail:
        'is deprecated by PassEntry: subscribe to pass.scanned, or set allowDeprecated in the options of the integration',
    };
  },
};

function hasScan(trigger: Trigger): boolean {
  return trigger === 'pass.scanned' || trigger === 'pass.tapped';
}

function buildBody(input: Input): BodyObject {
  const { event, trigger } = input;
  const { pass, reader, occurredAt } = event.facts;
  // E3: one id for the tap, its scan and the included resource
  const scanId = hasScan(trigger) ? scanIdOf(event) : undefined;
  // E2: one pass id everywhere.
  const relationships = object([
    ['passTap', trigger === 'pass.tapped' && scanId !== undefined ? linkage('passTap', scanId) : undefined],
    ['scan', scanId === undefined ? undefined : linkage('scan', scanId)],
    ['pass', linkage('pass', pass.id)],
    ['reader', scanId === undefined ? undefined : linkage('reader', reader?.id)],
  ]);
  const included: BodyValue[] = [];
  if (scanId !== undefined) included.push(includedScan(event.facts, trigger, scanId));
  included.push(includedPass(input));
  if (scanId !== undefined && reader !== undefined) included.push(includedReader(reader, trigger));
  return object([
    [
      'data',
      object([
        ['id', shownEventId(event)],
        ['type', 'webhook'],
        [
          'attributes',
          object([
            ['timeStamp', toSecondsZ(occurredAt)],
            ['webhookType', eventName(EVENT_NAMES, trigger)],
          ]),
        ],
        ['relationships', relationships],
      ]),
    ],
    ['included', included],
  ]);
}

/** HMAC-SHA256 over the raw body, keyed with the bytes of the secret's text (vendors.md 5.4, E6). One value: the newest key's. */
function headerSigner(
  { signatureEncoding }: PassEntryOptions,
  secrets: readonly SigningSecret[],
): HeaderSigner | undefined {
  const secret = secrets.find(({ kind }) => kind === 'passentry');
  if (!secret) return undefined;
  const key = createSecretKey(secret.value, 'utf8');
  return (text) => ({ 'X-Webhook-Signature': createHmac('sha256', key).update(text).digest(signatureEncoding) });
}
