import { describe, expect, test } from 'vitest';
import {
  difference,
  NO_USAGE,
  refuseBeyond,
  sum,
  type TenantUsage,
  usageOfSubscription,
  usageOfTemplate,
} from '../../../src/domain/tenant-bounds.ts';
import { bounds, makeIntegration, makeSubscription, makeTemplate } from '../../support/configuration.ts';

const used = (usage: Partial<TenantUsage>): TenantUsage => ({ ...NO_USAGE, ...usage });

describe('an addition', () => {
  test.each(Object.keys(NO_USAGE) as (keyof TenantUsage)[])('of %s is accepted up to the bound', (kind) => {
    const most = bounds[kind];
    expect(() => refuseBeyond(bounds, used({ [kind]: most - 2 }), used({ [kind]: 2 }))).not.toThrow();
    expect(() => refuseBeyond(bounds, used({ [kind]: most - 2 }), used({ [kind]: 3 }), { [kind]: '/at' })).toThrow(
      expect.objectContaining({
        code: 'tenant-limit',
        fields: [{ pointer: '/at', detail: expect.stringContaining(`would bring the tenant to ${most + 1} `) }],
      }),
    );
  });

  test('is all that is refused beyond the bounds', () => {
    const beyond = used({ subscriptions: 5000, fields: 1_000_000 });
    expect(() => refuseBeyond(bounds, beyond, used({ templates: 1, fields: 0, subscriptions: -1 }))).not.toThrow();
  });
});

test('usage counts fields, rules and bytes', () => {
  const template = makeTemplate({ fields: [{ key: 'a' }, { key: 'b' }] });
  const wider = { ...template, fields: [...template.fields, ...makeTemplate({ fields: [{ key: 'ü' }] }).fields] };
  expect(usageOfTemplate(template)).toMatchObject({ templates: 1, fields: 2, subscriptions: 0 });
  const added = difference(usageOfTemplate(wider), usageOfTemplate(template));
  expect(added).toEqual(used({ fields: 1, configurationBytes: Buffer.byteLength(`,${JSON.stringify(wider.fields[2])}`) }));
  const subscription = makeSubscription(makeIntegration('vibes'), {
    mapping: { rename: { a: 'b', c: 'd' }, remove: ['e'] },
  });
  expect(sum([subscription, subscription].map(usageOfSubscription))).toMatchObject({ subscriptions: 2, mappingRules: 6 });
});
