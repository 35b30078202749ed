import { atMost, type Figure, figure, median, type PartResult } from '../rig/figures.ts';
import { deliver, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { letDie, prefill } from '../rig/prefill.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const TENANTS = 2;
const ENDPOINTS = 4;
/** More times than the rounds of other parts: a call takes milliseconds. */
const CALLS = 25;
const WARM_UP = 5;
const AT_MOST_TIMES = 1.3;
/** What a dry run counts and an export writes, of whatever is stored. */
const WINDOW = 10_000;
/** One in so many is dead. */
const DEAD_EVERY = 100;

interface Stored {
  readonly size: number;
  readonly installation: Installation;
  readonly key: string;
  /** After it `WINDOW` deliveries were created. */
  readonly since: string;
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly templateId: string;
  /** The oldest of the tenant. */
  readonly eventId: string;
}

type Call = (stored: Stored) => { readonly path: string; readonly body?: object };

/** What support does, by name: the same in each installation. */
const CALLS_BY_NAME: Readonly<Record<string, Call>> = {
  'newest deliveries': () => ({ path: '/v1/deliveries' }),
  'dead ones': () => ({ path: '/v1/deliveries?state=dead' }),
  'a status': () => ({ path: '/v1/deliveries?status=5xx' }),
  'a failure that nothing has': () => ({ path: '/v1/deliveries?failure=tls' }),
  'held ones, of which there are none': () => ({ path: '/v1/deliveries?state=held' }),
  'an endpoint': ({ endpointId }) => ({ path: `/v1/deliveries?endpointId=${endpointId}` }),
  'a host': () => ({ path: '/v1/deliveries?url=127.0.0.1' }),
  'a template': ({ templateId }) => ({ path: `/v1/deliveries?templateId=${templateId}` }),
  'a trigger': () => ({ path: '/v1/deliveries?trigger=pass.updated' }),
  'an operational trigger, which nothing has': () => ({ path: '/v1/deliveries?trigger=endpoint.disabled' }),
  'tests, of which there are none': () => ({ path: '/v1/deliveries?test=true' }),
  'pending ones, of which there are none': () => ({ path: '/v1/deliveries?state=pending' }),
  'the deliveries of the oldest event': ({ eventId }) => ({ path: `/v1/deliveries?eventId=${eventId}` }),
  'a pass': () => ({ path: '/v1/deliveries?passId=stored-0-777' }),
  'a userProvidedId': () => ({ path: '/v1/deliveries?userProvidedId=stored-0-777' }),
  "a producer's id": () => ({ path: '/v1/deliveries?producerId=stored-0-777' }),
  'an id that nothing has': () => ({ path: '/v1/deliveries?trackingId=of-nobody' }),
  'a time': ({ since }) => ({ path: `/v1/deliveries?after=${since}` }),
  'dead ones of a time': ({ since }) => ({ path: `/v1/deliveries?state=dead&after=${since}` }),
  'open dead letters': () => ({ path: '/v1/dead-letters?open=true' }),
  'newest events': () => ({ path: '/v1/events' }),
  'events of a type that nothing has': () => ({ path: '/v1/events?type=pass.voided' }),
  'events of a template': ({ templateId }) => ({ path: `/v1/events?templateId=${templateId}` }),
  'one delivery': ({ deliveryId }) => ({ path: `/v1/deliveries/${deliveryId}` }),
  'a search for its id': ({ deliveryId }) => ({ path: `/v1/search?q=${deliveryId}` }),
  'a search for a pass': () => ({ path: '/v1/search?q=stored-0-777' }),
  'statistics by endpoint': () => ({ path: '/v1/stats?groupBy=endpoint' }),
  'a dry run of dead ones of a time': ({ since }) => ({
    path: '/v1/replays/dry-run',
    body: { states: ['dead'], after: since },
  }),
  'an export of a time': ({ since }) => ({ path: `/v1/deliveries/export?after=${since}` }),
};

/** What finding takes beside a hundred thousand and a million stored deliveries, call by call in turn. */
export async function find(rig: Rig): Promise<PartResult> {
  const sink = startSink(rig);
  const load = startLoad(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const [few, many] = [await fill(rig.sizes.stored.at(-2) ?? 0), await fill(rig.sizes.stored.at(-1) ?? 0)];
  const figures: Figure[] = [];
  for (const [name, call] of Object.entries(CALLS_BY_NAME)) {
    const times = { few: [] as number[], many: [] as number[] };
    for (let round = -WARM_UP; round < CALLS; round++) {
      const taken = { few: await timeOf(few, call), many: await timeOf(many, call) };
      if (round < 0) continue;
      times.few.push(taken.few);
      times.many.push(taken.many);
    }
    figures.push(
      figure(`${name}: ${few.size.toLocaleString('en-US')} stored`, 'ms', times.few),
      figure(`${name}: ${many.size.toLocaleString('en-US')} stored`, 'ms', times.many),
      atMost(`${name}: ratio`, 'x', [median(times.many) / median(times.few)], AT_MOST_TIMES),
    );
  }
  await few.installation.end();
  await many.installation.end();
  return { figures };

  async function fill(size: number): Promise<Stored> {
    const installation = await Installation.start(rig);
    const targets = await makeTargets(installation, ports, TENANTS);
    await deliver(rig, { installation, sink, load, ports, targets }, 20);
    await installation.settled();
    await prefill(rig.urlOf(installation.database), size);
    const { sql } = installation;
    await letDie(sql, DEAD_EVERY);
    const [target] = targets;
    if (!target) throw new Error('there is no tenant');
    const of = `d.tenant_id = (SELECT tenant_id FROM templates WHERE id = '${target.templateId.slice(4)}')`;
    const { rows } = await sql.query<{ id: string; endpoint_id: string; created_at: Date }>(`
      SELECT id, endpoint_id, created_at FROM deliveries d WHERE ${of} ORDER BY id DESC OFFSET ${WINDOW / TENANTS} LIMIT 1`);
    const [row] = rows;
    const { rows: oldest } = await sql.query<{ event_id: string }>(`
      SELECT event_id FROM deliveries d WHERE ${of} ORDER BY id LIMIT 1`);
    if (!row || !oldest[0]) throw new Error('fewer deliveries are stored than are looked for');
    return {
      size,
      installation,
      key: target.key,
      since: row.created_at.toISOString(),
      deliveryId: `dlv_${row.id}`,
      endpointId: `end_${row.endpoint_id}`,
      templateId: target.templateId,
      eventId: `evt_${oldest[0].event_id}`,
    };
  }
}

async function timeOf(stored: Stored, call: Call): Promise<number> {
  const { path, body } = call(stored);
  const beganAt = performance.now();
  const answer = await fetch(`${stored.installation.url}${path}`, {
    headers: { authorization: `Bearer ${stored.key}`, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return performance.now() - beganAt;
}
