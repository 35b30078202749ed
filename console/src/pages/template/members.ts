import type { Schemas } from '../../../../client/index.ts';
import type { TemplateInput } from '../../parts/template-form/template-input.ts';
import type { Members } from '../../parts/use-versioned-save.ts';
import { template as text } from './strings.ts';

const VENDORS = ['vibes', 'passcreator', 'walletthat', 'passentry'] as const;

/** What the form changes, as a patch takes it: null restores a default. */
export function editable({ name, externalId, passType, fields, vendor }: Schemas['Template'] | TemplateInput): Members {
  const ids = Object.fromEntries(VENDORS.map((one) => [one, vendor?.[one] ?? null]));
  return { name, externalId: externalId ?? null, passType, fields, vendor: ids };
}

/** The same in words, each field by its key. */
export function shown({ fields, vendor, ...members }: Members): Members {
  const named = Object.entries(text.members).map(([name, label]) => [label, members[name]]);
  const byKey = ((fields ?? []) as TemplateInput['fields'] & object).map(({ key, ...rest }) => [text.field(key), rest]);
  const ids = Object.entries((vendor ?? {}) as object).map(([one, value]) => [text.vendorId(one), value]);
  return Object.fromEntries([...named, ...byKey, ...ids]);
}
