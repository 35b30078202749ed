import { describe, expect, test } from 'vitest';
import { describeDialect, type JsonSchema, sampleBody } from '../../../src/dialects/describe-dialect.ts';
import { DIALECTS } from '../../../src/dialects/index.ts';
import { isOperational } from '../../../src/domain/trigger.ts';

const all = Object.values(DIALECTS).map((dialect) => ({
  name: dialect.name,
  dialect,
  described: describeDialect(dialect),
}));

interface Member {
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly 'x-enum-labels'?: Readonly<Record<string, string>>;
}

function membersOf({ properties = {} }: JsonSchema): [string, Member][] {
  return Object.entries(properties as Record<string, Member>);
}

describe.each(all)('$name', ({ dialect, described }) => {
  test('has a label, one sentence and a place in the documentation', () => {
    expect(described.label).not.toBe('');
    expect(described.description).toMatch(/^[A-Z][^\n]+\.$/);
    expect(described.documentation).toBe(`docs/dialects.md#${dialect.name}`);
  });

  test('has every trigger with a sentence and the body that the dialect builds', () => {
    const { triggers } = described;
    expect(Object.fromEntries(triggers.map(({ trigger, event }) => [trigger, event]))).toEqual(dialect.eventNames);
    for (const { trigger, kind, label, description, sample, passIdPaths } of triggers) {
      expect([label, description]).toEqual([expect.stringMatching(/^[A-Z]/), expect.stringMatching(/^[A-Z].*\.$/)]);
      expect(kind).toBe(isOperational(trigger) ? 'operational' : 'pass');
      expect(passIdPaths.length > 0).toBe(kind === 'pass');
      expect(JSON.stringify(sample)).toBe(sampleBody(dialect, trigger));
      expect(Object.keys(sample as object).length).toBeGreaterThan(1);
    }
  });

  test('titles, describes and defaults every option', () => {
    for (const schema of [described.options, described.subscriptionOptions]) {
      expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
      for (const [name, member] of membersOf(schema)) {
        expect([name, member.title, member.description]).toEqual([name, expect.any(String), expect.stringMatching(/\.$/)]);
        const labels = member['x-enum-labels'];
        if (labels) expect(Object.keys(labels)).toEqual(member.enum);
      }
    }
  });

  test('has a signature for each secret that requests always or by option have', () => {
    const kinds = described.secrets.map(({ kind }) => kind);
    expect(kinds).toEqual(['webhook', 'webhook-ed25519', ...dialect.secretKinds]);
    expect(described.signatures.map(({ secret }) => secret)).toEqual(kinds);
  });

  test('is the same every time', () => {
    expect(describeDialect(dialect)).toEqual(described);
  });
});

const named = (name: keyof typeof DIALECTS) => describeDialect(DIALECTS[name]);

test('options that change how a dialect delivers are listed with their effect', () => {
  expect(named('walletthat-postback').optionEffects).toMatchObject([
    { pointer: '/options/exact200', value: true, policy: { success: [{ from: 200, to: 200 }] }, request: undefined },
  ]);
  const [retry, ...others] = named('passcreator').optionEffects;
  expect(others).toEqual([]);
  expect(retry).toMatchObject({ pointer: '/subscriptionOptions/retryEnabled', value: true });
  expect(retry?.policy?.retryDelaysMs).toHaveLength(9);
  expect(named('vibes').optionEffects).toMatchObject([
    { pointer: '/subscriptionOptions/method', value: 'PUT', request: { method: 'PUT' } },
    { pointer: '/subscriptionOptions/contentType', value: 'text/json', request: { contentType: 'text/json' } },
  ]);
});

test('a deprecated event has advice', () => {
  const deprecated = all.flatMap(({ described: { triggers } }) => triggers.filter((trigger) => trigger.deprecated));
  expect(deprecated.map(({ event }) => event)).toEqual(['passTapped']);
});
