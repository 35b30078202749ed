import { expect, test } from 'vitest';
import { newId } from '../../../src/domain/id.ts';
import type { DueDelivery } from '../../../src/ports/queue.ts';
import type { GateSteps } from '../../../src/queue/gate-steps.ts';
import type { Jobs } from '../../../src/queue/jobs.ts';
import { PendingWork } from '../../../src/queue/pending-work.ts';
import { RecordingLog } from '../telemetry/recording-log.ts';

function due(more: Partial<DueDelivery> = {}): DueDelivery {
  const [deliveryId, tenantId, endpointId] = [newId('delivery', 0), newId('tenant', 0), newId('endpoint', 0)];
  return { deliveryId, tenantId, endpointId, attempt: 1, delayMs: 0, test: undefined, ...more };
}

test('alarms that cannot be set do not lose what the gate has admitted in the same round', async () => {
  const log = new RecordingLog();
  const delivered: string[] = [];
  const offered = due();
  const steps: Pick<GateSteps, 'step'> = { step: async ({ offers }) => ({ admitted: offers }) as never };
  const jobs: Pick<Jobs, 'deliver' | 'deliverTests' | 'setAlarms'> = {
    deliver: async (deliveries) => void delivered.push(...deliveries.map(({ deliveryId }) => deliveryId)),
    deliverTests: async () => {},
    setAlarms: (alarms) => (alarms.length > 0 ? Promise.reject(new Error('no room for alarms')) : Promise.resolve()),
  };
  const pending = new PendingWork(steps as GateSteps, jobs as Jobs, log);
  pending.offer([offered, due({ delayMs: 1000 }), due({ delayMs: 2000 })]);
  await pending.close();
  expect(delivered).toEqual([offered.deliveryId]);
  expect(log.take()).toEqual(['warn redis: deliveries were not queued; recover will bring them']);
});
