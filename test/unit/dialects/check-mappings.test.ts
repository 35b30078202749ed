import { expect, test, vi } from 'vitest';
import { MappingChecks } from '../../../src/dialects/check-mappings.ts';
import type { Dialect } from '../../../src/dialects/dialect.ts';
import { dialectNamed } from '../../../src/dialects/index.ts';
import type { Mapping } from '../../../src/domain/mapping.ts';
import { makeTemplate } from '../../support/configuration.ts';

const FIELDS = 500;
const fields = Array.from({ length: FIELDS }, (_, index) => ({ key: `field_${index}` }));
const template = makeTemplate({ fields });
const mapping: Mapping = {
  rename: Object.fromEntries(fields.map(({ key }) => [key, `new_${key}`])),
  remove: fields.map(({ key }) => `x${key}`),
};

function counted() {
  const walletthat = dialectNamed('walletthat');
  const buildBody = vi.fn(walletthat.buildBody);
  return { dialect: { ...walletthat, buildBody } as Dialect, buildBody };
}

test('a body that several subscriptions have is described once', () => {
  const { dialect, buildBody } = counted();
  const checks = new MappingChecks();
  const input = { dialect, trigger: 'pass.installed', template } as const;
  const first = checks.check({ rename: { field_0: 'a' }, remove: [] }, input);
  const bodies = buildBody.mock.calls.length;
  expect(first).toEqual({ errors: [], warnings: [] });
  for (let count = 0; count < 10; count++) checks.collisions(mapping, input);
  expect(buildBody.mock.calls).toHaveLength(bodies);
  const fewer = { ...template, fields: template.fields.slice(1) };
  expect(checks.check({ rename: { field_0: 'a' }, remove: [] }, { ...input, template: fewer }).errors).toHaveLength(1);
});

test('suggestions are made for the first ten errors of all subscriptions', () => {
  const { dialect } = counted();
  const checks = new MappingChecks();
  const input = { dialect, trigger: 'pass.installed', template } as const;
  const all = [checks.check(mapping, input), checks.check(mapping, input)].flatMap(({ errors }) => errors);
  expect(all).toHaveLength(2 * FIELDS);
  expect(all.filter(({ detail }) => detail.includes('did you mean'))).toHaveLength(10);
  expect(checks.collisions(mapping, input)).toEqual([]);
});
