import { z } from 'zod';
import { type BodyObject, object } from '../domain/body.ts';
import { toSecondsOffset } from '../domain/instant.ts';
import { type PassChanges, passAfter } from '../domain/pass.ts';
import { STANDARD_POLICY } from '../domain/policy.ts';
import { shownId, type Template } from '../domain/template.ts';
import type { BodyInput, Dialect } from './dialect.ts';
import { fieldText, instant, tenantPassId } from './read-event.ts';

const optionsSchema = z.strictObject({}).meta({
  id: 'WalletthatOptions',
  title: 'WalletThat options',
  description: 'Integration options of the dialect `walletthat`: none.',
  examples: [{}],
});
const subscriptionSchema = z
  .strictObject({
    changedOnly: z.boolean().default(true).meta({
      title: 'Changed fields only',
      description: 'Pass Updated has only `pass-id` and the changed fields. False: all fields.',
    }),
  })
  .meta({
    id: 'WalletthatSubscriptionOptions',
    title: 'WalletThat subscription options',
    description: 'Subscription options of the dialect `walletthat`.',
    examples: [{ changedOnly: false }],
  });

type Options = z.infer<typeof optionsSchema>;
type SubscriptionOptions = z.infer<typeof subscriptionSchema>;

const PASS_ID = 'pass-id';
const FIXED_NAMES: readonly string[] = [PASS_ID, 'pass-template-id', 'expiration-timestamp', 'barcode-value'];

/** WalletThat's webhook triggers (vendors.md 4.1): flat, kebab-case, then the template's fields by key (W13). */
export const walletthat: Dialect<Options, SubscriptionOptions> = {
  name: 'walletthat',
  label: 'WalletThat',
  description: "WalletThat webhook triggers: a flat JSON object with the template's fields by their keys.",
  // W2: the page calls both the record's change and a device's fetch of it an update.
  eventNames: {
    'pass.created': 'Pass Record Added',
    'pass.installed': 'Pass Installed',
    'pass.uninstalled': 'Pass Uninstalled',
    'pass.updated': 'Pass Updated',
    'pass.refreshed': 'Pass Updated',
    'pass.voided': 'Pass Updated',
  },
  triggerNotes: {
    'pass.refreshed': { description: 'A device fetched an update of the pass: an update too, with all fields.' },
    'pass.voided': { description: 'WalletThat sends a voided pass as an update.' },
  },
  options: optionsSchema,
  subscriptionOptions: subscriptionSchema,
  secretKinds: [],
  openContainers: [],
  policy: () => ({ ...STANDARD_POLICY, timeoutMs: 10_000 }),
  passIdPaths: () => [`/${PASS_ID}`],
  buildBody,

  refuseTemplate({ fields }) {
    const index = fields.findIndex(({ key }) => FIXED_NAMES.includes(key));
    if (index === -1) return undefined;
    return { pointer: `/fields/${index}/key`, detail: `is a name of WalletThat's own (${FIXED_NAMES.join(', ')})` };
  },
};

function buildBody({ event, template, subscription }: BodyInput<Options, SubscriptionOptions>): BodyObject {
  const { changes } = event.facts;
  const pass = passAfter(event.facts);
  const changed = changedNames(changes, template);
  const isPartial = changes !== undefined && subscription.changedOnly;
  const shown: [string, string | undefined][] = [
    [PASS_ID, tenantPassId(pass)],
    ['pass-template-id', shownId(template, template.vendor.walletthat?.templateId)],
    ['expiration-timestamp', instant(toSecondsOffset, pass.expiresAt)],
    ['barcode-value', pass.barcode?.value],
    // A name of the vendor's own wins over a field of the same key.
    ...fieldKeys(template).map((key): [string, string | undefined] => [key, fieldText(pass, key)]),
  ];
  return object(
    shown
      .filter(([name]) => !isPartial || name === PASS_ID || changed.has(name))
      .map(([name, value]) => [name, value ?? (changed.has(name) ? '' : undefined)]),
  );
}

/** The names of the body that a merge patch touches; null in it means cleared. */
function changedNames(changes: PassChanges | undefined, template: Template): ReadonlySet<string> {
  const patched = changes?.fields;
  const keys = patched ? fieldKeys(template).filter((key) => Object.hasOwn(patched, key)) : [];
  const names = new Set<string>(patched === null ? fieldKeys(template) : keys);
  if (changes?.expiresAt !== undefined) names.add('expiration-timestamp');
  if (changes?.barcode === null || changes?.barcode?.value !== undefined) names.add('barcode-value');
  return names;
}

function fieldKeys({ fields }: Template): readonly string[] {
  return fields.map(({ key }) => key).filter((key) => !FIXED_NAMES.includes(key));
}
