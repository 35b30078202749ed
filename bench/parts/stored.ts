import type { Target } from '../rig/event.ts';
import { atMost, type Figure, figure, median, type PartResult } from '../rig/figures.ts';
import { deliver, deliverAndCost, type FullLoadCosts, startLoad, startSink } from '../rig/full-load.ts';
import { Installation } from '../rig/installation.ts';
import { prefill } from '../rig/prefill.ts';
import type { Rig } from '../rig/rig.ts';
import { makeTargets } from '../rig/tenants.ts';

const ENDPOINTS = 20;
const TENANTS = 10;
const AT_MOST_TIMES = 1.2;
const WARM_UP_EVENTS = 2000;
const WHO = { workerUs: 'worker', apiUs: 'API', postgresUs: 'Postgres' } as const;
type Who = keyof typeof WHO;

interface Filled {
  readonly size: number;
  readonly database: string;
  readonly targets: readonly Target[];
  readonly costs: FullLoadCosts[];
}

/** What a delivery costs beside few and many that are stored: a database for each size, filled before, the rounds in turn. */
export async function stored(rig: Rig): Promise<PartResult> {
  const sink = startSink(rig);
  const load = startLoad(rig);
  const ports = await sink.call('listen', { endpoints: ENDPOINTS });
  const databases: Filled[] = [];
  for (const size of rig.sizes.stored) databases.push(await fill(size));
  for (let round = 0; round < rig.sizes.rounds; round++) {
    for (const { database, targets, costs } of databases) {
      const installation = await Installation.start(rig, { database });
      const stage = { installation, sink, load, ports, targets };
      await deliver(rig, stage, WARM_UP_EVENTS);
      costs.push(await deliverAndCost(rig, stage, rig.sizes.load / 2));
      await installation.end();
    }
  }
  return { figures: (Object.keys(WHO) as Who[]).flatMap((who) => figuresOf(who, databases)) };

  async function fill(size: number): Promise<Filled> {
    const installation = await Installation.start(rig);
    const targets = await makeTargets(installation, ports, TENANTS);
    await deliver(rig, { installation, sink, load, ports, targets }, ENDPOINTS);
    await prefill(rig.urlOf(installation.database), size);
    await installation.end();
    return { size, database: installation.database, targets, costs: [] };
  }
}

function figuresOf(who: Who, databases: readonly Filled[]): Figure[] {
  const [smallest] = databases;
  const least = median(smallest?.costs.map((cost) => cost[who]) ?? []);
  return databases.map(({ size, costs }) => {
    const name = `${WHO[who]} per delivery, ${size.toLocaleString('en-US')} stored`;
    const values = costs.map((cost) => cost[who]);
    return size === smallest?.size
      ? figure(name, 'us', values)
      : atMost(name, 'us', values, AT_MOST_TIMES * least, `1.2 x ${smallest?.size}`);
  });
}
