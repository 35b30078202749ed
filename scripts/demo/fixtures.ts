import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

const FOLDER = join(import.meta.dirname, '../../test/fixtures');

/** A vendor's published example: the event that leads to it, and the body that its receivers expect. */
export interface Fixture {
  readonly name: string;
  readonly trigger: string;
  readonly event: { readonly id?: string; readonly type: string; readonly [name: string]: unknown };
  /** Compact; undefined where none was published. */
  readonly body: string | undefined;
}

export interface Vendor {
  readonly dialect: string;
  readonly options: object;
  readonly template: { readonly name: string; readonly [name: string]: unknown };
  readonly fixtures: readonly Fixture[];
}

interface Config {
  readonly template: Vendor['template'] & { readonly id: string };
  readonly integration: { readonly dialect: string; readonly options?: object };
  readonly fixtures: Readonly<Record<string, { readonly trigger: string }>>;
}

/** All vendors that have examples, in the order of their names. */
export function readVendors(): Vendor[] {
  const folders = readdirSync(FOLDER).filter((folder) => readdirSync(join(FOLDER, folder)).includes('config.json'));
  return folders.sort().map((folder) => {
    const { template, integration, fixtures } = read<Config>(folder, 'config');
    const { id: _ours, ...input } = template;
    return {
      dialect: integration.dialect,
      options: integration.options ?? {},
      template: input,
      fixtures: Object.entries(fixtures).map(([name, { trigger }]) => ({
        name,
        trigger,
        event: read<Fixture['event']>(folder, `${name}.event`),
        body: JSON.stringify(read(folder, name)),
      })),
    };
  });
}

/**
 * Examples of one vendor in groups that can share a tenant. Some carry the same id with different events, which one tenant's
 * producer never does; and where a subscription wants taps, every scan by NFC is also a tap, which no example shows.
 */
export function separateClashes(fixtures: readonly Fixture[]): Fixture[][] {
  const groups: Fixture[][] = [];
  for (const fixture of fixtures) {
    const home = groups.find((group) => !group.some((other) => clash(fixture, other)));
    if (home) home.push(fixture);
    else groups.push([fixture]);
  }
  return groups;
}

function clash(one: Fixture, other: Fixture): boolean {
  const triggers = [one.trigger, other.trigger];
  const areTapAndScan = triggers.includes('pass.tapped') && triggers.includes('pass.scanned');
  const { id } = one.event;
  return areTapAndScan || (id !== undefined && id === other.event.id && !isSameEvent(one, other));
}

/** One event can lead to two examples: the first install of a pass is an install too. */
export function isSameEvent(one: Fixture, other: Fixture): boolean {
  return one.event.id !== undefined && isDeepStrictEqual(one.event, other.event);
}

function read<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, folder, `${name}.json`), 'utf8')) as T;
}
