import type { DeadLetter, Delivery } from './api.ts';
import type { Tenant } from './examples.ts';
import type { Report } from './report.ts';
import { line, ticked } from './terminal.ts';

/** Compares all that the API knows of with what the demo has shown: nothing lost, nothing more, nothing left open. */
export async function checkEverything(tenants: readonly Tenant[], report: Report): Promise<void> {
  const deliveries = (await Promise.all(tenants.map(({ api }) => api.list<Delivery>('/v1/deliveries')))).flat();
  const letters = (await Promise.all(tenants.map(({ api }) => api.list<DeadLetter>('/v1/dead-letters')))).flat();
  const succeeded = deliveries.filter(({ state }) => state === 'succeeded').length;
  const open = letters.filter(({ closed }) => closed === null).length;

  const areAll = deliveries.length === report.deliveries && succeeded === deliveries.length;
  line(ticked(areAll, `${succeeded} of ${report.deliveries} deliveries succeeded`));
  line(ticked(open === 0, `${letters.length} dead letter, ${open === 0 ? 'replayed' : 'still open'}`));
  report.expect(
    areAll,
    `${deliveries.length} deliveries, ${succeeded} succeeded, where ${report.deliveries} were to succeed`,
  );
  report.expect(open === 0, `${open} dead letters are still open`);
  for (const { id, trigger, state, lastReason } of deliveries) {
    report.expect(state === 'succeeded', `delivery ${id} (${trigger}) is ${state}: ${lastReason ?? 'no reason given'}`);
  }
}
