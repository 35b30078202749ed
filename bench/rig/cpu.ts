import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

// Processor time as the kernel books it, in /proc/<pid>/stat (proc(5)): all threads of a process, in ticks of mostly 10 ms.

const TICK_US = 1e6 / (Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100);

interface Stat {
  readonly pid: number;
  readonly parent: number;
  readonly ownUs: number;
  /** Of children that have ended and were waited for. */
  readonly endedChildrenUs: number;
}

/** @throws Error where there is no /proc */
export function requireProc(): void {
  if (!existsSync('/proc/self/stat')) throw new Error('the bench reads processor time from /proc, which only Linux has');
}

/** Microseconds of processor time of one process so far. */
export function cpuOf(pid: number): number {
  return readStat(pid)?.ownUs ?? Number.NaN;
}

/** Microseconds of a process and all its children, living and ended: Postgres has a process for each connection. */
export function cpuOfFamily(pid: number): number {
  const head = readStat(pid);
  if (!head) return Number.NaN;
  const children = allStats().filter(({ parent }) => parent === pid);
  return children.reduce(
    (sum, { ownUs, endedChildrenUs }) => sum + ownUs + endedChildrenUs,
    head.ownUs + head.endedChildrenUs,
  );
}

/** Microseconds that all processors were busy so far, and those of them that went to this process and its descendants. */
export function cpuOfMachine(): { readonly busyUs: number; readonly oursUs: number } {
  const [, ...ticks] = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').split(/\s+/);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks.map(Number);
  const stats = Map.groupBy(allStats(), ({ parent }) => parent);
  const descent = (pid: number): number =>
    (stats.get(pid) ?? []).reduce(
      (sum, { pid: child, ownUs, endedChildrenUs }) => sum + ownUs + endedChildrenUs + descent(child),
      0,
    );
  const self = readStat(process.pid);
  return {
    busyUs: (user + nice + system + irq + softirq) * TICK_US,
    oursUs: (self?.ownUs ?? 0) + (self?.endedChildrenUs ?? 0) + descent(process.pid),
  };
}

/** Bytes of memory that a process has in use (resident set). */
export function residentBytes(pid: number): number {
  return memoryBytes(pid, 'VmRSS');
}

/** The most bytes of memory that a process has had in use since it started. */
export function mostResidentBytes(pid: number): number {
  return memoryBytes(pid, 'VmHWM');
}

function memoryBytes(pid: number, member: 'VmRSS' | 'VmHWM'): number {
  const [, kib] = new RegExp(`^${member}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) * 1024;
}

function allStats(): Stat[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => readStat(Number(entry)) ?? []);
}

function readStat(pid: number): Stat | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined; // it has ended
  }
  // the name in brackets may hold spaces and brackets; the field after it is number 3
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number): number => Number(fields[number - 3]);
  return {
    pid,
    parent: field(4),
    ownUs: (field(14) + field(15)) * TICK_US,
    endedChildrenUs: (field(16) + field(17)) * TICK_US,
  };
}
