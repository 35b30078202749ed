import type { Schemas } from '../../../../client/index.ts';
import { type Mapping, NO_MAPPING } from '../../parts/fields/fields-table.tsx';
import type { Filter } from '../../parts/filter/conditions.ts';
import { missingOptions, type Options } from '../../parts/options/options-form.tsx';
import { newIntegration as text } from './strings.ts';

export const STEPS = ['vendor', 'endpoint', 'template', 'triggers', 'fields', 'filter', 'save'] as const;
export type Step = (typeof STEPS)[number];

export type Dialect = Schemas['Dialect'];
export type Trigger = Schemas['DialectTrigger']['trigger'];

/** All that was answered so far. It travels with the history's entries: nothing is stored before it is saved. */
export interface Draft {
  /** Grows with each change: of two copies the larger is the newer. */
  readonly revision: number;
  /** Of saving, so that what is sent twice is made once. */
  readonly key: string;
  readonly dialect: Dialect['name'] | undefined;
  readonly name: string;
  readonly options: Options;
  /** An integration that exists; then name and options are its own. */
  readonly existing: { readonly id: string; readonly name: string } | undefined;
  readonly url: string;
  readonly template: { readonly id: string; readonly name: string; readonly keys: readonly string[] } | 'all' | undefined;
  readonly triggers: readonly Trigger[];
  readonly subscriptionOptions: Options;
  readonly isOrdered: boolean;
  /** By trigger. */
  readonly mappings: Readonly<Partial<Record<Trigger, Mapping>>>;
  readonly isMappedAlike: boolean;
  readonly filter: Filter | null;
}

export function emptyDraft(): Draft {
  return {
    revision: 0,
    key: crypto.randomUUID(),
    dialect: undefined,
    name: '',
    options: {},
    existing: undefined,
    url: '',
    template: undefined,
    triggers: [],
    subscriptionOptions: {},
    isOrdered: false,
    mappings: {},
    isMappedAlike: true,
    filter: null,
  };
}

export function mappingOf({ mappings }: Draft, trigger: Trigger): Mapping {
  return mappings[trigger] ?? NO_MAPPING;
}

/** The chosen triggers, in the dialect's order; those that it lacks are left out. */
export function triggersOf({ triggers }: Draft, dialect: Dialect | undefined) {
  return (dialect?.triggers ?? []).filter(({ trigger }) => triggers.includes(trigger));
}

/** What a step still needs, in a sentence; undefined: nothing. */
export function problemOf(step: Step, draft: Draft, dialect: Dialect | undefined): string | undefined {
  switch (step) {
    case 'vendor':
      if (!dialect) return text.needs.dialect;
      if (draft.existing) return undefined;
      if (draft.name.trim() === '') return text.needs.name;
      return missingOptions(dialect.options, draft.options).length > 0 ? text.needs.options : undefined;
    case 'endpoint':
      return /^https?:\/\/[^/?#\s]+/i.test(draft.url.trim()) ? undefined : text.needs.url;
    case 'template':
      return draft.template ? undefined : text.needs.template;
    case 'triggers':
      return triggersOf(draft, dialect).length > 0 ? undefined : text.needs.trigger;
    default:
      return undefined;
  }
}

/** What integration and template are named by, in calls about what is not saved yet. */
export function partsOf({ existing, dialect, options, template }: Draft) {
  const integration = existing ? { integrationId: existing.id } : dialect ? { integration: { dialect, options } } : {};
  return { ...integration, templateId: typeof template === 'object' ? template.id : null } as const;
}
