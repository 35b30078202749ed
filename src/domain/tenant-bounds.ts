import { invalid } from './errors.ts';
import type { FieldError } from './json.ts';
import type { Subscription } from './subscription.ts';
import type { Template } from './template.ts';

/** What a tenant has configured, or what a part of its configuration adds to that. */
export interface TenantUsage {
  readonly subscriptions: number;
  readonly integrations: number;
  readonly templates: number;
  /** Of all templates. */
  readonly fields: number;
  /** Renamed and removed fields of all subscriptions. */
  readonly mappingRules: number;
  /** JSON of templates, mappings, filters and lists of known fields: what a process reads and caches of a tenant. */
  readonly configurationBytes: number;
}

/** The most that a tenant may configure. Only additions are refused: existing ones keep working. */
export interface TenantBounds extends TenantUsage {
  /** Subscriptions that one event can match. */
  readonly subscriptionsPerTrigger: number;
  /** Secrets of one kind that sign at the same time. */
  readonly secrets: number;
}

export const NO_USAGE: TenantUsage = {
  subscriptions: 0,
  integrations: 0,
  templates: 0,
  fields: 0,
  mappingRules: 0,
  configurationBytes: 0,
};

export function usageOfTemplate({ fields, personalised, vendor }: Template): TenantUsage {
  const configurationBytes = jsonBytes(fields) + jsonBytes(personalised) + jsonBytes(vendor);
  return { ...NO_USAGE, templates: 1, fields: fields.length, configurationBytes };
}

export function usageOfSubscription({ mapping, knownFields, filter }: Subscription): TenantUsage {
  const mappingRules = Object.keys(mapping.rename).length + mapping.remove.length;
  const configurationBytes = jsonBytes(mapping) + jsonBytes(knownFields) + (filter === null ? 0 : jsonBytes(filter));
  return { ...NO_USAGE, subscriptions: 1, mappingRules, configurationBytes };
}

/** What a change adds; less than nothing of what it takes away. */
export function difference(after: TenantUsage, before: TenantUsage): TenantUsage {
  return combined(after, before, (more, less) => more - less);
}

export function sum(usages: readonly TenantUsage[]): TenantUsage {
  return usages.reduce((all, one) => combined(all, one, (some, more) => some + more), NO_USAGE);
}

const NAMES: Readonly<Record<keyof TenantUsage, string>> = {
  subscriptions: 'subscriptions',
  integrations: 'integrations',
  templates: 'templates',
  fields: 'fields in all templates',
  mappingRules: 'renamed and removed fields in all subscriptions',
  configurationBytes: 'bytes of templates and mappings',
};
const KINDS = Object.keys(NAMES) as (keyof TenantUsage)[];

function combined(one: TenantUsage, other: TenantUsage, combine: (a: number, b: number) => number): TenantUsage {
  const entries = KINDS.map((kind) => [kind, combine(one[kind], other[kind])]);
  return Object.fromEntries(entries) as unknown as TenantUsage;
}

/**
 * Refuses an addition beyond the bounds.
 *
 * @param usage without the addition
 * @param at JSON Pointers of the members of the request that add; default: the whole request
 * @throws Problem invalid
 */
export function refuseBeyond(
  bounds: TenantBounds,
  usage: TenantUsage,
  added: TenantUsage,
  at: Readonly<Partial<Record<keyof TenantUsage, string>>> = {},
): void {
  const errors = KINDS.flatMap((kind): FieldError[] => {
    const total = usage[kind] + added[kind];
    if (added[kind] <= 0 || total <= bounds[kind]) return [];
    return [
      {
        pointer: at[kind] ?? '',
        detail: `would bring the tenant to ${total} ${NAMES[kind]}; the limit is ${bounds[kind]}`,
      },
    ];
  });
  if (errors.length > 0) throw invalid(errors, 'tenant-limit');
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
