import { eventually } from './poll.ts';
import type { TestProcess } from './process.ts';

/** The address at which a worker serves health and metrics, from its log. */
export async function statusUrl(worker: TestProcess): Promise<string> {
  const port = await eventually(
    () => worker.log.find(({ msg }) => msg === 'health and metrics listening')?.port as number | undefined,
    { what: 'the port of health and metrics' },
  );
  return `http://127.0.0.1:${port}`;
}

/** The samples of `/metrics` by name and labels as they stand there: `passwire_ready`, `passwire_part_ok{part="redis"}`. */
export async function metricsOf(url: string): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Names and types of the metrics at `/metrics`. */
export async function metricTypesOf(url: string): Promise<ReadonlyMap<string, string>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));
}
