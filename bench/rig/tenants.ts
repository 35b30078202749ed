import type { Target } from './event.ts';
import type { Installation } from './installation.ts';

const AT_ONCE = 8;

/**
 * Makes tenants over the API, and for each port an endpoint there, the tenants in turn: its own template, and a subscription
 * in the standard dialect that asks for that template only. So an event has one delivery, and the template decides the endpoint.
 */
export async function makeTargets(
  { url, adminKey }: Installation,
  ports: readonly number[],
  tenants: number,
): Promise<Target[]> {
  const made: { readonly key: string; readonly integrationId: string }[] = [];
  for (let tenant = 0; tenant < tenants; tenant++) made.push(await makeTenant(url, adminKey));
  const targets: Target[] = [];
  for (let from = 0; from < ports.length; from += AT_ONCE) {
    const some = ports.slice(from, from + AT_ONCE).map((port, index) => {
      const tenant = (from + index) % tenants;
      const { key = '', integrationId = '' } = made[tenant] ?? {};
      return makeTarget(url, key, integrationId, port, tenant);
    });
    targets.push(...(await Promise.all(some)));
  }
  return targets;
}

async function makeTenant(url: string, adminKey: string): Promise<{ key: string; integrationId: string }> {
  const { id: tenantId } = await create(url, adminKey, 'tenants', { name: 'Bench' });
  const { key = '' } = await create(url, adminKey, 'api-keys', { name: 'bench', role: 'tenant', tenantId });
  const { id: integrationId } = await create(url, key, 'integrations', { name: 'receiver', dialect: 'standard' });
  return { key, integrationId };
}

async function makeTarget(url: string, key: string, integrationId: string, port: number, tenant: number): Promise<Target> {
  const fields = [
    { key: 'member-name', label: 'Member' },
    { key: 'loyalty-points', label: 'Points', type: 'number' },
  ];
  const { id: templateId } = await create(url, key, 'templates', { name: 'Loyalty', fields });
  const endpoint = `http://127.0.0.1:${port}/hooks`;
  await create(url, key, 'subscriptions', { integrationId, templateId, trigger: 'pass.updated', url: endpoint });
  return { key, tenant, templateId };
}

async function create(url: string, key: string, what: string, body: object): Promise<{ id: string; key?: string }> {
  const answer = await fetch(`${url}/v1/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST /v1/${what}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { id: string; key?: string };
}
