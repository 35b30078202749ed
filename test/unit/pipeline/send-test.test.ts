import { expect, test } from 'vitest';
import type { Delivery } from '../../../src/domain/delivery.ts';
import { newId } from '../../../src/domain/id.ts';
import { testEnds } from '../../../src/pipeline/send-test.ts';

const [tenantId, id] = [newId('tenant', 0), newId('delivery', 0)];

/** A store that finds the delivery ended at this look. */
function endedAtLook(number: number) {
  let looks = 0;
  const find = async () => {
    looks += 1;
    return { endedAt: looks >= number ? new Date() : undefined } as Delivery;
  };
  return { deliveries: { find } };
}

test('a test that ends in time has ended', async () => {
  expect(await testEnds(endedAtLook(1), tenantId, id, 0)).toBe(true);
  expect(await testEnds(endedAtLook(3), tenantId, id)).toBe(true);
});

test('a test that does not end is not waited for any longer', async () => {
  expect(await testEnds(endedAtLook(Number.POSITIVE_INFINITY), tenantId, id, 60)).toBe(false);
});

test('a delivery that is gone is not waited for', async () => {
  expect(await testEnds({ deliveries: { find: async () => undefined } }, tenantId, id)).toBe(true);
});
