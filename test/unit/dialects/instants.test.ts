import { expect, test } from 'vitest';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { PASS_TRIGGERS, type PassTrigger } from '../../../src/domain/trigger.ts';
import { accepted, template, textOf } from './bodies.ts';

// X1: an instant whose UTC year has five digits is sent as the last instant of 9999, in every dialect and member.

const NEVER = '9999-12-31T23:59:59-05:00';
const INSTANTS = { createdAt: NEVER, addedAt: NEVER, removedAt: NEVER, deactivatedAt: NEVER, expiresAt: NEVER };
const FORMS = /\b9999-12-31[T ]23:59(?::59(?:\.999Z|Z|\+00:00)?|Z)?/g;

const MEMBERS: Readonly<Partial<Record<PassTrigger, object>>> = {
  'pass.generation_failed': { failure: { reason: 'x' } },
  'pass.updated': { changes: INSTANTS },
  'pass.voided': { changes: INSTANTS },
};
const DEVICE = { platform: 'apple', registeredAt: NEVER, unregisteredAt: NEVER };
const SCAN = { type: 'nfc', value: 'x', validationType: 'internalValidation', status: 'successful', scannedAt: NEVER };

function eventOf(trigger: PassTrigger) {
  const posted = trigger === 'pass.first_installed' ? 'pass.installed' : trigger;
  const hasDevice = !['pass.generated', 'pass.generation_failed'].includes(posted);
  const isScan = ['pass.scanned', 'pass.tapped'].includes(posted);
  return accepted({
    type: posted,
    occurredAt: NEVER,
    pass: { id: 'p', ...INSTANTS },
    ...(hasDevice && { device: DEVICE }),
    ...(isScan && { scan: SCAN }),
    ...MEMBERS[posted],
  });
}

const CASES = Object.values(DIALECTS).flatMap(({ name, eventNames }) =>
  PASS_TRIGGERS.filter((trigger) => eventNames[trigger] !== undefined).map((trigger) => [name, trigger] as const),
);

test.each(CASES)('%s %s', (name, trigger) => {
  const settings =
    name === 'vibes' ? ['milliseconds', 'asPublished'].map((instants) => ({ companyKey: 'k', instants })) : [{}];
  for (const options of settings) {
    const text = textOf(name, eventOf(trigger), { template: template(), options }, trigger);
    expect(text).not.toMatch(/10000|9999-12-31T23:59:59-05/);
    expect(text.match(/9999/g)?.length).toBe(text.match(FORMS)?.length);
    expect(text.match(FORMS)?.length).toBeGreaterThan(0);
  }
});
