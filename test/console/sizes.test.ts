import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../support/node-process.ts';

// What a browser loads, compressed, from the build that `npm test` made.

const DIST = join(ROOT, 'console/dist');
const KB = 1000;

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'));

/** Everything that is loaded before the chunks run. */
function loaded(...names: readonly string[]): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (name: string): void => {
    if (all.has(name)) return;
    all.add(name);
    for (const one of manifest[name]?.imports ?? []) add(one);
  };
  for (const name of names) add(name);
  return all;
}

function kilobytes(names: Iterable<string>, filesOf: (chunk: Chunk) => readonly string[]): number {
  const files = new Set([...names].flatMap((name) => filesOf(manifest[name] ?? { file: '' })));
  const bytes = [...files].map((file) => {
    const path = join(DIST, file);
    return statSync(existsSync(`${path}.br`) ? `${path}.br` : path).size;
  });
  return bytes.reduce((sum, size) => sum + size, 0) / KB;
}

const script = (names: Iterable<string>): number => kilobytes(names, ({ file }) => [file]);
const SHELL = 'index.html';
const pageOf = (name: string): string => `src/pages/${name}/${name}-page.tsx`;
const pages = Object.keys(manifest).filter((name) => /^src\/pages\/.*-page\.tsx$/.test(name));

describe('script, compressed', () => {
  test('the shell with its sign-in page has 190 KB at most', () => {
    expect(script(loaded(SHELL))).toBeLessThanOrEqual(190);
  });

  test.each(['deliveries', 'events', 'dead-letters', 'search', 'replays', 'replay', 'endpoints', 'integrations'])(
    'the list %s has 260 KB at most',
    (name) => {
      expect(manifest[pageOf(name)]).toBeDefined();
      expect(script(loaded(SHELL, pageOf(name)))).toBeLessThanOrEqual(260);
    },
  );

  test('a delivery has 290 KB at most, and 150 more when a body is opened', () => {
    const page = loaded(SHELL, pageOf('delivery'));
    expect(script(page)).toBeLessThanOrEqual(290);
    const opened = loaded(...page, 'src/parts/code-text.tsx');
    expect(script(opened) - script(page)).toBeLessThanOrEqual(150);
  });

  test.each(['overview', 'operations'])('%s has 400 KB at most, and 260 before its charts', (name) => {
    const page = loaded(SHELL, pageOf(name));
    const drawn = loaded(...page, 'src/parts/chart/drawing.tsx');
    expect(script(drawn)).toBeLessThanOrEqual(400);
    expect(script(page)).toBeLessThanOrEqual(260);
  });

  test.each(pages)('%s has 500 KB at most, with what it loads later', (name) => {
    const later = [...loaded(SHELL, name)].flatMap((one) => (one === SHELL ? [] : (manifest[one]?.dynamicImports ?? [])));
    expect(script(loaded(SHELL, name, ...later))).toBeLessThanOrEqual(500);
  });
});

test('the documentation has 260 KB at most, and none of it is the shell', () => {
  const entry = loaded('docs.html');
  expect(script(entry)).toBeLessThanOrEqual(260);
  expect(entry.has(SHELL)).toBe(false);
});

test('styles have 60 KB at most', () => {
  expect(kilobytes(Object.keys(manifest), ({ css = [] }) => css)).toBeLessThanOrEqual(60);
});
