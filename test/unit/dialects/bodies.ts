import type { z } from 'zod';
import type { Dialect } from '../../../src/dialects/dialect.ts';
import { dialectNamed } from '../../../src/dialects/index.ts';
import { serialise } from '../../../src/domain/body.ts';
import { type AcceptedEvent, postedEventSchema } from '../../../src/domain/event.ts';
import { toId } from '../../../src/domain/id.ts';
import type { DialectName } from '../../../src/domain/integration.ts';
import { type Template, templateInputSchema } from '../../../src/domain/template.ts';
import type { PassTrigger } from '../../../src/domain/trigger.ts';

export const OUR_UUID = '0198c3f0-0000-7000-8000-000000000001';
export const OTHER_UUID = '0198c3f0-0000-7000-8000-000000000002';
const TENANT = toId('tenant', '0198c3f0-0000-7000-8000-0000000000aa');

/** A template as it is stored, from what a tenant would send. */
export function template(input: Partial<z.input<typeof templateInputSchema>> = {}, id = 'tpl_one'): Template {
  const at = new Date(0);
  const parsed = templateInputSchema.parse({ name: 'Loyalty', ...input });
  return { ...parsed, id: id as Template['id'], tenantId: TENANT, version: 1, createdAt: at, updatedAt: at };
}

/** An event as it is stored, from what a producer would post. */
export function accepted(posted: object, derivedFrom?: string): AcceptedEvent {
  const facts = postedEventSchema.parse({
    templateId: 'one',
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'pass-1' },
    ...posted,
  });
  return {
    id: toId('event', OUR_UUID),
    tenantId: TENANT,
    templateId: 'tpl_one' as AcceptedEvent['templateId'],
    derivedFrom: derivedFrom === undefined ? undefined : toId('event', derivedFrom),
    facts,
  };
}

export interface Setting {
  readonly template?: Template;
  readonly options?: object;
  readonly subscription?: object;
}

const OPTIONS: Readonly<Partial<Record<DialectName, object>>> = { vibes: { companyKey: 'bi3bwNRk' } };

/** The serialised body of an event in a dialect; the trigger is the event's own unless given. */
export function textOf(
  name: DialectName,
  event: AcceptedEvent,
  setting: Setting = {},
  trigger: PassTrigger = event.facts.type,
) {
  const dialect: Dialect = dialectNamed(name);
  const body = dialect.buildBody({
    event,
    trigger,
    template: setting.template ?? template(),
    options: dialect.options.parse(setting.options ?? OPTIONS[name] ?? {}),
    subscription: dialect.subscriptionOptions.parse(setting.subscription ?? {}),
  });
  return serialise(body);
}

/** The parsed body. Its type is chosen by the test. */
export function bodyOf<T = Record<string, unknown>>(
  name: DialectName,
  event: AcceptedEvent,
  setting: Setting = {},
  trigger: PassTrigger = event.facts.type,
): T {
  return JSON.parse(textOf(name, event, setting, trigger));
}

export const APPLE = { platform: 'apple', installId: 'install-1' } as const;
export const GOOGLE = { platform: 'google', installId: 'install-2' } as const;
export const SAMSUNG = { platform: 'samsung', os: 'Samsung Wallet', installId: 'install-4' } as const;
export const OTHER = { platform: 'other', os: 'AndroidWalletPasses', installId: 'install-3' } as const;
