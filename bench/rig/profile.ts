/** What the inspector's Profiler gives (Chrome DevTools Protocol, Profiler.Profile). */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
}

interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: Frame;
  readonly children?: readonly number[];
}

export interface Share {
  readonly name: string;
  readonly us: number;
}

export interface Shares {
  /** Each moment belongs to the nearest package up the stack: got's include what Node does for got in its calls. */
  readonly charged: readonly Share[];
  /** Each sample belongs to the code that runs: a package, Node, or native code. */
  readonly self: readonly Share[];
  readonly functions: readonly Share[];
}

/** Sums up where time went, most first. Waiting is left out, and the profiler's own work. */
export function sharesOf({ nodes, samples, timeDeltas }: Profile, root: string): Shares {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const spent = new Map<number, number>();
  for (const [index, id] of samples.entries()) spent.set(id, (spent.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  const charged = new Map<string, number>();
  const self = new Map<string, number>();
  const functions = new Map<string, number>();
  for (const [id, us] of spent) {
    const frame = byId.get(id)?.callFrame;
    if (!frame || frame.functionName === '(idle)' || frame.url === 'node:inspector') continue;
    add(charged, payer(id), us);
    add(self, packageOf(frame, root) ?? runtimePart(frame), us);
    add(functions, `${frame.functionName || '(anonymous)'}  ${place(frame, root)}`, us);
  }
  return { charged: sorted(charged), self: sorted(self), functions: sorted(functions) };

  function payer(id: number): string {
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const frame = byId.get(at)?.callFrame;
      const owner = frame && packageOf(frame, root);
      if (owner !== undefined) return owner;
    }
    const frame = byId.get(id)?.callFrame;
    return frame?.functionName === '(garbage collector)' ? 'garbage collector' : 'Node, by itself';
  }
}

function packageOf({ url }: Frame, root: string): string | undefined {
  const [, name] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  if (url.includes('/store/generated/')) return '@prisma/client';
  return url.startsWith(`file://${root}`)
    ? `Passwire: ${url.slice(`file://${root}/`.length).replace(/\/[^/]*$/, '')}`
    : undefined;
}

function runtimePart({ functionName, url }: Frame): string {
  if (functionName === '(garbage collector)') return 'garbage collector';
  return url.startsWith('node:')
    ? `Node: ${url.replace('node:', '').replace('internal/', '').split('/')[0]}`
    : 'native code';
}

function place({ url, lineNumber }: Frame, root: string): string {
  if (url === '') return '';
  return `${url.replace(/^.*\/node_modules\//, '').replace(`file://${root}/`, '')}:${lineNumber + 1}`;
}

function add(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

function sorted(sums: ReadonlyMap<string, number>): Share[] {
  return [...sums].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us);
}
