import { eventually } from '../../test/support/poll.ts';
import type { Received, Receiver } from '../../test/support/receiver.ts';
import type { Api, Delivery, Secret } from './api.ts';
import { type Fixture, isSameEvent, separateClashes, type Vendor } from './fixtures.ts';
import type { Report } from './report.ts';
import { checkSignatures, signedDataOf } from './signatures.ts';
import { heading, line, state, ticked, verbatim } from './terminal.ts';

/** A tenant of the demo: its API key, and the receiver its subscriptions point to, below a path of its own. */
export interface Tenant {
  readonly name: string;
  readonly api: Api;
  readonly receiver: Receiver;
}

/** An integration of one dialect with its subscriptions, by trigger the path they deliver to. */
interface SetUp {
  readonly secrets: readonly Secret[];
  readonly paths: ReadonlyMap<string, string>;
}

/**
 * Sets a vendor up, emits the events of its examples and shows what its receivers got.
 *
 * @param tenants as many as examples with clashing event ids need
 */
export async function showVendor(tenants: readonly Tenant[], vendor: Vendor, report: Report): Promise<void> {
  heading(vendor.dialect, vendor.template.name);
  for (const [index, fixtures] of separateClashes(vendor.fixtures).entries()) {
    const tenant = tenants[index];
    if (!tenant) throw new Error(`the examples of ${vendor.dialect} need ${index + 1} tenants`);
    const setUp = await setUpVendor(tenant, vendor, fixtures);
    for (const [position, fixture] of fixtures.entries()) {
      const isEmitted = fixtures.slice(0, position).some((earlier) => isSameEvent(earlier, fixture));
      if (!isEmitted) await tenant.api.post('/v1/events', fixture.event);
      await showExample(tenant, fixture, setUp, report);
    }
  }
}

async function setUpVendor({ api, name, receiver }: Tenant, vendor: Vendor, fixtures: readonly Fixture[]): Promise<SetUp> {
  const { dialect, options, template } = vendor;
  const triggers = [...new Set(fixtures.map(({ trigger }) => trigger))];
  const { id: templateId } = await api.post<{ id: string }>('/v1/templates', template);
  const integration = await api.post<{ id: string; secrets: readonly Secret[] }>('/v1/integrations', {
    name: `${dialect} receiver`,
    dialect,
    options: { ...options, ...(triggers.includes('pass.tapped') && { allowDeprecated: true }) },
  });
  const paths = new Map<string, string>();
  for (const trigger of triggers) {
    const path = `/${name}/${dialect}/${trigger}`;
    await api.post('/v1/subscriptions', {
      integrationId: integration.id,
      templateId,
      trigger,
      url: receiver.url(path),
      // One signed example is enough to see: it carries its whole body twice.
      options: dialect === 'passcreator' && trigger === 'pass.created' ? { signPayload: true } : {},
    });
    paths.set(trigger, path);
  }
  return { secrets: integration.secrets, paths };
}

async function showExample({ api, receiver }: Tenant, fixture: Fixture, setUp: SetUp, report: Report): Promise<void> {
  const request = await nextRequest(receiver, setUp.paths.get(fixture.trigger) ?? '');
  const delivery = await settledDelivery(api, request);
  const checks = checkSignatures(request, setUp.secrets);
  if (fixture.body !== undefined) {
    checks.push({ what: 'body as published', ok: (signedDataOf(request) ?? request.text) === fixture.body });
  }
  line(fixture.name === fixture.trigger ? fixture.name : `${fixture.name}  (${fixture.trigger})`);
  line([state(delivery.state), ...checks.map(({ ok, what }) => ticked(ok, what))].join('  '));
  verbatim(request.text);
  report.expect(delivery.state === 'succeeded', `${fixture.name}: the delivery is ${delivery.state}`);
  for (const { ok, what } of checks) report.expect(ok, `${fixture.name}: wrong ${what}`);
  report.count();
}

const shown = new WeakSet<Received>();

/** The first request at a path that was not shown yet. */
async function nextRequest(receiver: Receiver, path: string): Promise<Received> {
  const request = await eventually(() => receiver.at(path).find((one) => !shown.has(one)), {
    what: `a request at ${path}`,
  });
  shown.add(request);
  return request;
}

/** The delivery that a request belongs to, as the API returns it once it has ended. */
function settledDelivery(api: Api, { headers }: Received): Promise<Delivery> {
  const isEnded = ({ state }: Delivery) => state === 'succeeded' || state === 'dead';
  return eventually(
    async () => {
      const deliveries = await api.list<Delivery>('/v1/deliveries');
      return deliveries.find((delivery) => delivery.messageId === headers['webhook-id'] && isEnded(delivery));
    },
    { what: `the end of the delivery with the webhook-id ${headers['webhook-id']}` },
  );
}
