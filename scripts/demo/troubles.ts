import { eventually } from '../../test/support/poll.ts';
import type { Attempt, DeadLetter, Delivery } from './api.ts';
import type { Tenant } from './examples.ts';
import type { Report } from './report.ts';
import { heading, line, state, ticked } from './terminal.ts';

const TEMPLATE = 'stamp-card';
/** Two retries after a third of a second each, where the dialect's own schedule has nine over three days. */
const RETRY_DELAYS_MS = [300, 300];

/** What a tenant does once before `showRetry` and `showDeadLetter`. */
export async function setUpTroubles({ api, receiver, name }: Tenant): Promise<{ flaky: string; broken: string }> {
  const { id: templateId } = await api.post<{ id: string }>('/v1/templates', { name: 'Stamp card', externalId: TEMPLATE });
  const { id: integrationId } = await api.post<{ id: string }>('/v1/integrations', {
    name: 'unreliable receiver',
    dialect: 'standard',
    policy: { retryDelaysMs: RETRY_DELAYS_MS },
  });
  const paths = { flaky: `/${name}/flaky`, broken: `/${name}/broken` };
  const common = { integrationId, templateId };
  await api.post('/v1/subscriptions', { ...common, trigger: 'pass.updated', url: receiver.url(paths.flaky) });
  await api.post('/v1/subscriptions', { ...common, trigger: 'pass.voided', url: receiver.url(paths.broken) });
  return paths;
}

/** An endpoint that fails twice and then takes it. */
export async function showRetry(tenant: Tenant, path: string, report: Report): Promise<void> {
  heading('An endpoint fails twice, then works');
  tenant.receiver.answer(path, { status: 500 }, { status: 503 }, { status: 200 });
  const delivery = await ended(tenant, await emit(tenant, 'pass.updated'));
  await showAttempts(tenant, delivery);
  const requests = tenant.receiver.at(path);
  const isSame = new Set(requests.map(({ text, headers }) => `${headers['webhook-id']} ${text}`)).size === 1;
  line(`${state(delivery.state)}  ${ticked(isSame, 'every try had the same bytes and the same webhook-id')}\n`);
  report.expect(delivery.state === 'succeeded', `the delivery that fails twice is ${delivery.state}`);
  report.expect(requests.length === 3, `the endpoint that fails twice got ${requests.length} requests`);
  report.expect(isSame, 'the tries of one delivery differ');
  report.count();
}

/** An endpoint that fails until the schedule is through; the delivery is replayed from its dead letter after the repair. */
export async function showDeadLetter(tenant: Tenant, path: string, report: Report): Promise<void> {
  heading('An endpoint is broken; after its repair the dead letter is replayed');
  tenant.receiver.answer(path, { status: 500 });
  const dead = await ended(tenant, await emit(tenant, 'pass.voided'));
  await showAttempts(tenant, dead);
  line(state(dead.state));
  const [letter] = await tenant.api.list<DeadLetter>('/v1/dead-letters', { open: 'true' });
  if (!letter) throw new Error(`there is no dead letter for the delivery ${dead.id}, which is ${dead.state}`);
  line(`dead letter ${letter.id}: ${letter.reason}\n`);

  tenant.receiver.answer(path, { status: 200 });
  line('POST /v1/dead-letters/{id}/replay');
  const { deliveryId } = await tenant.api.post<{ deliveryId: string }>(`/v1/dead-letters/${letter.id}/replay`);
  const replayed = await eventually(async () => {
    const delivery = await tenant.api.get<Delivery>(`/v1/deliveries/${deliveryId}`);
    return delivery.state === 'succeeded' && delivery;
  });
  await showAttempts(tenant, replayed);
  const { closed } = await tenant.api.get<DeadLetter>(`/v1/dead-letters/${letter.id}`);
  line(`${state(replayed.state)}  ${ticked(closed?.as === 'replayed', 'the dead letter is closed as replayed')}\n`);
  report.expect(dead.state === 'dead', `the delivery to the broken endpoint was ${dead.state}, not dead`);
  report.expect(closed?.as === 'replayed', `the replayed dead letter is closed as ${closed?.as}`);
  report.count();
}

async function emit({ api }: Tenant, type: string): Promise<string> {
  const event = {
    type,
    templateId: TEMPLATE,
    occurredAt: new Date().toISOString(),
    pass: { id: 'pass-0002' },
  };
  return (await api.post<{ id: string }>('/v1/events', event)).id;
}

/** The only delivery of an event, when nothing more will happen to it by itself. */
function ended({ api }: Tenant, eventId: string): Promise<Delivery> {
  return eventually(
    async () => {
      const [delivery] = await api.list<Delivery>('/v1/deliveries', { eventId });
      return delivery && ['succeeded', 'dead', 'cancelled'].includes(delivery.state) && delivery;
    },
    { what: `the end of the delivery of ${eventId}` },
  );
}

async function showAttempts({ api }: Tenant, { id }: Delivery): Promise<void> {
  const { attempts } = await api.get<{ attempts: readonly Attempt[] }>(`/v1/deliveries/${id}`);
  for (const { number, startedAt, verdict, outcome } of attempts) {
    const answer = outcome.kind === 'response' ? String(outcome.status) : outcome.kind;
    line(`attempt ${number}  ${startedAt.slice(11, 23)}  ${answer}  ${verdict}`);
  }
}
