import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopWhenInterrupted } from '../test/support/interruption.ts';
import { ROOT } from '../test/support/node-process.ts';
import { DEFAULT_PARTS, isPart, PARTS, type PartName } from './parts/index.ts';
import { requireProc } from './rig/cpu.ts';
import type { PartResult } from './rig/figures.ts';
import { describeMachine, watchForeignLoad } from './rig/machine.ts';
import { FULL, QUICK } from './rig/options.ts';
import { table } from './rig/report.ts';
import { Rig } from './rig/rig.ts';

// `npm run bench [-- [--quick] [part ...]]`: see README.md.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => !isPart(name));
if (unknown !== undefined) {
  console.error(`There is no part "${unknown}"; there are: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}
const wanted: readonly PartName[] = positionals.length > 0 ? positionals.filter(isPart) : DEFAULT_PARTS;

const SHOWN_COMPLAINTS = 3;
const COMPLAINT_CHARS = 300;

requireProc();
const rig = await Rig.start(values.quick ? QUICK : FULL);
const isStopping = stopWhenInterrupted(() => rig.stop());

const startedAt = new Date();
const machine = await describeMachine(rig);
const results: Record<string, PartResult> = {};
const folder = join(ROOT, 'bench/results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `${startedAt.toISOString().replaceAll(':', '-').slice(0, 19)}.json`);

for (const name of wanted) {
  const beganAt = Date.now();
  console.error(`${name} ...`);
  const foreignLoad = watchForeignLoad();
  try {
    const result = await PARTS[name](rig);
    results[name] = { ...result, notes: [...(result.notes ?? []), ...complaints(rig), foreignLoad()] };
  } catch (error) {
    if (isStopping()) await new Promise(() => {}); // that ends this process
    // the other parts may still give figures
    console.error(`${name} failed:`, error, complaints(rig).join('\n'));
    process.exitCode = 1;
  }
  await rig.endProcesses();
  const report = { startedAt, quick: values.quick, machine, sizes: rig.sizes, results };
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.error(`${name}: ${Math.round((Date.now() - beganAt) / 1000)} s`);
}
console.log(table(results));
if (values.quick) console.log('--quick: sizes too small to judge the targets by');
console.log(file);
await rig.stop();

/** Said in a few lines, however much was logged. */
function complaints(rig: Rig): string[] {
  const lines = rig.complaints();
  const first = lines.slice(0, SHOWN_COMPLAINTS).map((line) => `logged: ${line.slice(0, COMPLAINT_CHARS)}`);
  return lines.length > first.length ? [...first, `logged: ${lines.length - first.length} more warnings`] : first;
}
