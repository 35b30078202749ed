import { describe, expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import { alarmJob, deliverJob, readJob, testJob } from '../../../src/queue/job-data.ts';

const ids = { tenantId: newId('tenant', 1), endpointId: newId('endpoint', 1), deliveryId: newId('delivery', 1) };
/** Jobs pass Redis as JSON. */
const throughRedis = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

describe('jobs of version 0.1 are understood', () => {
  test.each([
    ['with a rate slot', 1_700_000_000_000, 1_700_000_000_000],
    ['without a rate', 0, undefined],
  ])('deliver, %s', (_name, notBeforeMs, rateSlotAtMs) => {
    expect(readJob({ kind: 'deliver', lane: 'slow', ...ids, attempt: 3, notBeforeMs })).toEqual({
      kind: 'deliver',
      admitted: { lane: 'slow', ...ids, attempt: 3, rateSlotAtMs },
    });
  });

  test.each([
    ['with limits', { maxInFlight: 4, ratePerSecond: 2.5 }],
    ['without limits', undefined],
  ])('alarm, %s: due now', (_name, limits) => {
    const job = { kind: 'alarm', ...ids, attempt: 2, delayMs: 5000, ...(limits && { limits }) };
    expect(readJob(job)).toEqual({ kind: 'alarm', due: { ...ids, attempt: 2, delayMs: 0, ...(limits && { limits }) } });
  });
});

describe('jobs of this version', () => {
  test.each([undefined, 1_700_000_000_000])(
    'deliver: what was admitted comes back, and 0.1 finds its members',
    (rateSlotAtMs) => {
      const admitted = { lane: 'fast', ...ids, attempt: 1, rateSlotAtMs } as const;
      const job = throughRedis(deliverJob(admitted));
      expect(readJob(job)).toEqual({ kind: 'deliver', admitted });
      expect(job).toEqual({ kind: 'deliver', lane: 'fast', ...ids, attempt: 1, notBeforeMs: rateSlotAtMs ?? 0 });
    },
  );

  test('alarm: the delivery comes back, and 0.1 finds its members', () => {
    const due = { ...ids, attempt: 2, delayMs: 300, limits: { maxInFlight: 7 } };
    const job = throughRedis(alarmJob(due));
    expect(readJob(job)).toEqual({ kind: 'alarm', due: { ...due, delayMs: 0 } });
    expect(job).toEqual({ kind: 'alarm', ...due });
  });

  test('test: the delivery comes back, as a test that is due now', () => {
    const due = { ...ids, attempt: 1, delayMs: 0, test: true };
    expect(readJob(throughRedis(testJob(due)))).toEqual({ kind: 'test', due });
  });

  test('members that a later version adds are ignored', () => {
    const job = { ...alarmJob({ ...ids, attempt: 2, delayMs: 300 }), priority: 1, limits: { maxInFlight: 7, burst: 3 } };
    expect(readJob(job)).toMatchObject({ kind: 'alarm', due: { limits: { maxInFlight: 7 } } });
  });
});

const deliver = { kind: 'deliver', lane: 'fast', ...ids, attempt: 1, notBeforeMs: 0 };

test.each([
  ['nothing', undefined],
  ['no object', 'deliver'],
  ['no kind', { ...deliver, kind: undefined }],
  ['an unknown kind', { ...deliver, kind: 'deliver-2' }],
  ['an unknown lane', { ...deliver, lane: 'middle' }],
  ['an id of another kind', { ...deliver, deliveryId: ids.tenantId }],
  ['no attempt', { ...deliver, attempt: undefined }],
  ['attempt 0', { ...deliver, attempt: 0 }],
  ['a rate slot that is no number', { ...deliver, notBeforeMs: 'soon' }],
  ['an alarm without a delay', { kind: 'alarm', ...ids, attempt: 1 }],
  ['limits out of bounds', { kind: 'alarm', ...ids, attempt: 1, delayMs: 1, limits: { maxInFlight: 0 } }],
])('a job with %s is unreadable, with a reason', (_name, data) => {
  expect(readJob(data)).toEqual({ kind: 'unreadable', reason: expect.stringMatching(/\w/) });
});
