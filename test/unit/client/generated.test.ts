import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { zIntegrationInput, zMapping, zPostedEvent, zSubscriptionInput } from '../../../client/generated/zod.ts';
import { codeOf } from '../../../client/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

test('the generated files are up to date', { timeout: 120_000 }, () => {
  // throws, with the names of the files, when one is not
  expect(execFileSync(process.execPath, ['client/generate.ts', '--check'], { cwd: ROOT, encoding: 'utf8' })).toBe('');
});

describe('the zod schemas', () => {
  test('check the options of the dialect that is chosen', () => {
    expect(zIntegrationInput.safeParse({ name: 'CRM', dialect: 'vibes', options: { companyKey: 'acme' } }).success).toBe(
      true,
    );
    const { error } = zIntegrationInput.safeParse({ name: 'CRM', dialect: 'vibes', options: {} });
    expect(error?.issues.map(({ path }) => path)).toEqual([['options', 'companyKey']]);
  });

  test('fill in defaults', () => {
    expect(zMapping.parse({})).toEqual({ rename: {}, remove: [] });
    const input = { integrationId: 'int_1', trigger: 'pass.installed', url: 'https://example.com' };
    expect(zSubscriptionInput.parse(input)).toMatchObject({ templateId: null, ordering: 'none', enabled: true });
  });

  test('choose the event by its trigger, and take instants with an offset', () => {
    const event = { templateId: 't', occurredAt: '2026-01-15T12:00:00+01:00', pass: { id: 'p' } };
    expect(zPostedEvent.safeParse({ type: 'pass.created', ...event }).success).toBe(true);
    expect(zPostedEvent.safeParse({ type: 'pass.installed', ...event }).success).toBe(false);
    expect(zPostedEvent.safeParse({ type: 'pass.first_installed', ...event }).success).toBe(false);
  });
});

test('the code of a problem is the last part of its type', () => {
  expect(codeOf({ type: 'urn:passwire:problem:id-reused' })).toBe('id-reused');
});
