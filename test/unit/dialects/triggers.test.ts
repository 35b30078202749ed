import { describe, expect, test } from 'vitest';
import { DIALECTS, dialectNamed } from '../../../src/dialects/index.ts';
import { serialise } from '../../../src/domain/body.ts';
import { DIALECT_NAMES } from '../../../src/domain/integration.ts';
import { sampleEvent } from '../../../src/domain/sample-event.ts';
import {
  isOperational,
  OPERATIONAL_TRIGGERS,
  PASS_TRIGGERS,
  type PassTrigger,
  type Trigger,
} from '../../../src/domain/trigger.ts';
import { template } from './bodies.ts';

// design.md section 2: trigger, WalletThat trigger, WalletThat postback, Vibes, Passcreator, PassEntry.
const TABLE: readonly (readonly [PassTrigger, string, string, string, string, string])[] = [
  ['pass.created', 'Pass Record Added', '-', '-', 'pass_created', 'passCreated'],
  ['pass.generated', '-', 'N801', '-', '-', '-'],
  ['pass.generation_failed', '-', 'N802', '-', '-', '-'],
  ['pass.installed', 'Pass Installed', 'N804', 'wallet_item_install', 'pushnotification_registered', 'passInstalled'],
  ['pass.first_installed', '-', '-', '-', 'first_pushnotification_registered', '-'],
  ['pass.uninstalled', 'Pass Uninstalled', 'N805', 'wallet_item_remove', 'pushnotification_unregistered', 'passRemoved'],
  ['pass.updated', 'Pass Updated', 'N806', '-', 'pass_updated', '-'],
  ['pass.refreshed', 'Pass Updated', 'N807', '-', '-', '-'],
  ['pass.voided', 'Pass Updated', 'N806', '-', 'pass_voided', '-'],
  ['pass.scanned', '-', '-', '-', '-', 'passScanned'],
  ['pass.tapped', '-', '-', '-', '-', 'passTapped'],
];
const COLUMNS = ['walletthat', 'walletthat-postback', 'vibes', 'passcreator', 'passentry'] as const;

test('the table has every trigger', () => {
  expect(TABLE.map(([trigger]) => trigger)).toEqual([...PASS_TRIGGERS]);
});

test.each(DIALECT_NAMES)('operational events: only our own dialects have them, not %s', (name) => {
  const said = Object.keys(dialectNamed(name).eventNames).filter((trigger) => isOperational(trigger as Trigger));
  expect(said).toEqual(name === 'standard' || name === 'cloudevents' ? OPERATIONAL_TRIGGERS : []);
});

describe.each(TABLE)('%s', (trigger, ...names) => {
  test.each(COLUMNS.map((dialect, index) => [dialect, names[index] ?? '-'] as const))('%s: %s', (dialect, name) => {
    expect(DIALECTS[dialect].eventNames[trigger] ?? '-').toBe(name);
  });

  test.each(['standard', 'cloudevents'] as const)('%s uses our own names', (own) => {
    expect(DIALECTS[own].eventNames[trigger]).toBe(trigger);
  });
});

describe.each(DIALECT_NAMES)('%s', (name) => {
  const dialect = dialectNamed(name);
  const options = dialect.options.parse(dialect.sampleOptions ?? {});
  const subscription = dialect.subscriptionOptions.parse({});
  const shown = template({ fields: [{ key: 'points', type: 'number' }] });

  test('is registered under its own name', () => {
    expect(dialect.name).toBe(name);
  });

  test('refuses options it does not know', () => {
    expect(dialect.options.safeParse({ ...options, colour: 'red' }).success).toBe(false);
    expect(dialect.subscriptionOptions.safeParse({ colour: 'red' }).success).toBe(false);
  });

  const passTriggers = PASS_TRIGGERS.filter((trigger) => dialect.eventNames[trigger] !== undefined);
  test.each(passTriggers)('builds %s from a sample', (trigger) => {
    const event = sampleEvent(shown, trigger, Date.UTC(2026, 0, 1));
    const body = dialect.buildBody({ event, trigger, template: shown, options, subscription });
    expect(JSON.stringify(JSON.parse(serialise(body)))).toBe(serialise(body));
  });

  test('has 410 among its permanent codes', () => {
    const { permanent } = dialect.policy(options, subscription);
    expect(permanent.some(({ from, to }) => from <= 410 && to >= 410)).toBe(true);
  });
});
