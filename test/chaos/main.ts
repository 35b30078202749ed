import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopWhenInterrupted } from '../support/interruption.ts';
import { Installation } from './installation.ts';
import { table } from './report.ts';
import { FULL, type Size } from './run.ts';
import { type Result, runScenario } from './run-scenario.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { canMountDisks } from './small-disk.ts';

// `npm run chaos [-- [--events N] [scenario ...]]`: breaks things in mid-run and counts. Ends with 1 when a promise is broken.

const { values, positionals } = parseArgs({ allowPositionals: true, options: { events: { type: 'string' } } });
const unknown = positionals.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
if (unknown !== undefined) complain(`There is no scenario "${unknown}"; there are: ${SCENARIOS.map(nameOf).join(', ')}`);
const events = Number(values.events ?? FULL.events);
if (!Number.isInteger(events) || events < 100) complain('--events takes a whole number of at least 100');
const size: Size = { ...FULL, events, hostileEvents: Math.ceil((FULL.hostileEvents * events) / FULL.events) };
const wanted = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

let installation: Installation | undefined;
const isStopping = stopWhenInterrupted(() => installation?.stop());

const startedAt = new Date();
const folder = join(import.meta.dirname, 'results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${startedAt.toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
const results: Result[] = [];
for (const scenario of wanted) {
  if (scenario.diskMiB !== undefined && !canMountDisks()) {
    console.error(`${scenario.name}: skipped, because only root on Linux can mount its disk`);
    continue;
  }
  console.error(`${scenario.name}: ${scenario.what} ...`);
  try {
    installation = await Installation.start(scenario.env ?? {}, scenario.diskMiB);
    const result = await runScenario(installation, scenario, size);
    results.push(result);
    if (result.broken.length > 0) process.exitCode = 1;
    console.error(`${scenario.name}: ${result.broken.join('; ') || 'kept'}, ${Math.round(result.tookMs / 1000)} s`);
  } catch (error) {
    if (isStopping()) await new Promise(() => {}); // that ends this process
    // the other scenarios may still give results
    console.error(`${scenario.name} failed:`, error, installation?.lastWords);
    process.exitCode = 1;
  }
  await installation?.stop();
  installation = undefined;
  writeFileSync(file, `${JSON.stringify({ startedAt, size, results }, null, 2)}\n`);
}
console.log(table(results));
console.log(file);

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function complain(what: string): never {
  console.error(what);
  process.exit(2);
}
