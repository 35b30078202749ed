import { describe, expect, test } from 'vitest';
import { type Effect, type Part, readinessOf } from '../../../src/domain/readiness.ts';

function finding(part: Part, effect: Effect, detail = 'wrong') {
  return { part, code: 'c', effect, detail, advice: 'correct it' };
}

const API = ['postgres'] as const;
const WORKER = ['postgres', 'redis'] as const;

describe('readiness', () => {
  test.each([
    ['nothing is wrong', [], API, 'ready'],
    ['Postgres does not answer', [finding('postgres', 'interrupts')], API, 'unavailable'],
    ['Redis does not answer an API process', [finding('redis', 'interrupts')], API, 'degraded'],
    ['Redis does not answer a worker', [finding('redis', 'interrupts')], WORKER, 'unavailable'],
    ['Redis has a shape that is not supported', [finding('redis', 'blocks')], API, 'unavailable'],
    ['Redis refuses writes, and deliveries wait', [finding('redis', 'restricts')], WORKER, 'degraded'],
    ['Redis may drop keys', [finding('redis', 'degrades')], WORKER, 'degraded'],
    ['a key is missing', [finding('encryptionKeys', 'degrades')], API, 'degraded'],
    [
      'one finding stops the work, another does not',
      [finding('redis', 'degrades'), finding('postgres', 'blocks')],
      API,
      'unavailable',
    ],
  ] as const)('%s', (_what, findings, vital, status) => {
    expect(readinessOf(findings, vital).status).toBe(status);
  });

  test('reports each part by itself, and all that is wrong with it', () => {
    const findings = [finding('redis', 'degrades', 'first'), finding('redis', 'restricts', 'second')];
    expect(readinessOf(findings, API).parts).toEqual({
      postgres: { ok: true },
      redis: { ok: false, detail: 'first; second' },
      encryptionKeys: { ok: true },
    });
  });
});
