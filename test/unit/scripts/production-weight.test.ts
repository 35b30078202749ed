import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { weighProduction } from '../../../scripts/production-weight.mjs';
import { ROOT } from '../../support/node-process.ts';

const MB = 1024 * 1024;

interface Package {
  readonly megabytes: number;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** A project with these packages installed, by path. */
function project(packages: Readonly<Record<string, Package>>): string {
  const root = mkdtempSync(join(tmpdir(), 'weight-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, { megabytes }] of Object.entries(packages)) {
    mkdirSync(join(root, path, 'lib'), { recursive: true });
    writeFileSync(join(root, path, 'lib', 'index.js'), '');
    truncateSync(join(root, path, 'lib', 'index.js'), megabytes * MB);
  }
  const locked = Object.fromEntries(Object.entries(packages).map(([path, { megabytes: _, ...flags }]) => [path, flags]));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...locked } }));
  return root;
}

function check(root: string): { status: number | null; stderr: string } {
  const program = join(ROOT, 'scripts/production-weight.mjs');
  return spawnSync(process.execPath, [program, root], { encoding: 'utf8' });
}

test('weighs the packages of production, each without those inside it', () => {
  const root = project({
    'node_modules/light': { megabytes: 1 },
    'node_modules/heavy': { megabytes: 5 },
    'node_modules/heavy/node_modules/inner': { megabytes: 2 },
    'node_modules/tool': { megabytes: 300, dev: true },
    'node_modules/native': { megabytes: 300, optional: true },
    'node_modules/peer': { megabytes: 300, devOptional: true },
  });
  expect(weighProduction(root)).toEqual([
    { path: 'node_modules/heavy', bytes: 5 * MB },
    { path: 'node_modules/heavy/node_modules/inner', bytes: 2 * MB },
    { path: 'node_modules/light', bytes: MB },
  ]);
  expect(check(root)).toMatchObject({ status: 0, stderr: '' });
});

test('fails when something heavy gets in, and names it', () => {
  const root = project({ 'node_modules/light': { megabytes: 1 }, 'node_modules/heavy': { megabytes: 220 } });
  const { status, stderr } = check(root);
  expect(status).toBe(1);
  expect(stderr).toContain('221 MB, more than 220');
  expect(stderr).toContain('node_modules/heavy');
});

test('fails when a package of production is not installed', () => {
  const root = project({ 'node_modules/light': { megabytes: 1 } });
  rmSync(join(root, 'node_modules/light'), { recursive: true });
  expect(() => weighProduction(root)).toThrow('node_modules/light');
});
