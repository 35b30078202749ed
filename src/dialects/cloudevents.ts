import { z } from 'zod';
import { type BodyObject, object } from '../domain/body.ts';
import { toMillisecondsZ } from '../domain/instant.ts';
import type { OperationalEvent } from '../domain/operational-event.ts';
import { STANDARD_POLICY } from '../domain/policy.ts';
import { TRIGGERS, type Trigger } from '../domain/trigger.ts';
import type { BodyInput, Dialect, WireForm } from './dialect.ts';
import { OPEN_IN_DATA, operationalData, standardData } from './standard.ts';

const HOST = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

const optionsSchema = z
  .strictObject({
    mode: z
      .enum(['structured', 'binary'])
      .default('structured')
      .meta({
        title: 'Content mode',
        description: 'Where the attributes of the event are.',
        'x-enum-labels': {
          structured: 'Structured: in the body, beside the data',
          binary: 'Binary: in ce- headers; the body is the data',
        },
      }),
    verification: z
      .enum(['none', 'cloudevents'])
      .default('none')
      .meta({
        title: 'Verification',
        description: 'Whether an endpoint is asked for its consent before anything is sent to it.',
        'x-enum-labels': {
          none: 'None',
          cloudevents: 'The handshake of CloudEvents: OPTIONS, answered with WebHook-Allowed-Origin',
        },
      }),
    origin: z
      .string()
      .min(1)
      .max(253)
      .regex(HOST, { error: 'must be a host name, as webhooks.example.com' })
      .optional()
      .meta({
        title: 'Origin',
        description: 'The host name that the handshake names as the sender. Required for verification.',
      }),
  })
  .refine(({ verification, origin }) => verification === 'none' || origin !== undefined, {
    path: ['origin'],
    error: 'is required for verification: the host name that receivers allow',
  })
  .meta({
    id: 'CloudeventsOptions',
    title: 'CloudEvents options',
    description: 'Integration options of the dialect `cloudevents`.',
    examples: [{ mode: 'binary' }],
  });
const subscriptionSchema = z.strictObject({}).meta({
  id: 'CloudeventsSubscriptionOptions',
  title: 'CloudEvents subscription options',
  description: 'Subscription options of the dialect `cloudevents`: none.',
  examples: [{}],
});

type Options = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;

/**
 * CloudEvents 1.0 as JSON, with the data of `standard`. The delivery keeps the structured form in either mode; the binary mode takes
 * it apart as it is sent, so that every attempt has the same attributes and bytes.
 */
export const cloudevents: Dialect<Options, SubscriptionOptions> = {
  name: 'cloudevents',
  label: 'CloudEvents',
  description: 'CloudEvents 1.0 in JSON, structured or binary, around the whole event.',
  eventNames: Object.fromEntries(TRIGGERS.map((trigger) => [trigger, trigger])) as Readonly<Record<Trigger, string>>,
  options: optionsSchema,
  subscriptionOptions: subscriptionSchema,
  secretKinds: [],
  openContainers: OPEN_IN_DATA,
  envelope: {
    required: ['/specversion', '/id', '/source', '/type', '/datacontenttype', '/data'],
    optional: ['/subject', '/time'],
  },
  policy: () => STANDARD_POLICY,
  passIdPaths: () => ['/subject', '/data/pass/id'],
  buildBody: ({ event, trigger, template }: BodyInput<Options, SubscriptionOptions>) =>
    envelope(event, trigger, event.facts.pass.id, standardData(event, template)),
  buildOperationalBody: (event) => envelope(event, event.facts.type, undefined, operationalData(event)),
  request: (_subscription, { mode }) => ({
    method: 'POST',
    contentType: mode === 'binary' ? 'application/json' : 'application/cloudevents+json',
  }),
  onWire: (body, { mode }) => (mode === 'binary' ? binaryForm(body) : undefined),
  consentOrigin: ({ verification, origin }) => (verification === 'cloudevents' ? origin : undefined),
};

interface Enveloped {
  readonly id: string;
  readonly tenantId: string;
  readonly facts: Pick<OperationalEvent['facts'], 'occurredAt'>;
}

/** `data` stands last: `binaryForm` relies on it. */
function envelope({ id, tenantId, facts }: Enveloped, type: Trigger, subject: string | undefined, data: BodyObject) {
  return object([
    ['specversion', '1.0'],
    ['id', id],
    ['source', `/tenants/${tenantId}`],
    ['type', type],
    ['subject', subject],
    ['time', toMillisecondsZ(facts.occurredAt)],
    ['datacontenttype', 'application/json'],
    ['data', data],
  ]);
}

/** Where the data begins: within texts a quote is escaped, and only the attributes stand before it. */
const DATA = ',"data":';

/** The binary mode of the HTTP binding: attributes as headers, the data as the body. */
function binaryForm(body: string): WireForm {
  const at = body.indexOf(DATA);
  const { datacontenttype: _type, ...attributes } = JSON.parse(`${body.slice(0, at)}}`) as Record<string, string>;
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, headerText(value)]);
  return { headers: Object.fromEntries(headers), body: body.slice(at + DATA.length, -1) };
}

/** What the request of an attempt carried of a stored body: in binary mode, which its headers show, the data alone. */
export function sentBody(body: string, headers: Readonly<Record<string, string>>): string {
  return headers['ce-specversion'] === undefined ? body : binaryForm(body).body;
}

/** Percent-encoded as the HTTP binding asks: all but printable ASCII, and space, quote and percent. */
function headerText(text: string): string {
  return text.replace(/[^\x21-\x7e]|["%]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
