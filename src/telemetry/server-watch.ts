import { EventEmitter, once } from 'node:events';
import { type Finding, type Part, type Readiness, readinessOf, stopsWork } from '../domain/readiness.ts';
import type { Log } from '../ports/process.ts';
import type { Inspection, ServerInspector } from '../ports/servers.ts';
import { FindingLog, UNAVAILABLE } from './finding-log.ts';

export interface ServerWatchOptions {
  readonly postgres: ServerInspector;
  readonly redis: ServerInspector;
  /** The parts without which the process does no work. */
  readonly vital: readonly Part[];
  readonly log: Log;
  /** Monotonic, in milliseconds. */
  readonly nowMs?: () => number;
}

const READY_INTERVAL_MS = 5000;
const UNREADY_INTERVAL_MS = 1000;
/** A failure can follow an outage by as much: a command that a frozen server left unanswered fails when its time is up. */
const AFTERMATH_MS = 5000;
/** An inspection this recent answers a question about now. */
const FRESH_MS = 1000;

type Facts = Inspection['facts'];
type Server = 'postgres' | 'redis';

/**
 * Watches Postgres and Redis: every five seconds, every second while something stops the work, and on demand.
 * Logs each finding when it begins, once a minute while it lasts, and when it has ended.
 */
export class ServerWatch {
  readonly #options: ServerWatchOptions;
  readonly #nowMs: () => number;
  readonly #log: FindingLog;
  #facts: { readonly postgres?: Facts | undefined; readonly redis?: Facts | undefined } = {};
  #inspectedAtMs: number | undefined;
  #troubledAtMs = Number.NEGATIVE_INFINITY;
  #inspecting: Promise<void> | undefined;
  readonly #underWay = new Map<Server, Promise<Inspection>>();
  #timer: NodeJS.Timeout | undefined;
  #watching = false;
  #closed = false;
  readonly #inspections = new EventEmitter<{ ended: [] }>();

  constructor(options: ServerWatchOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? (() => performance.now());
    this.#log = new FindingLog(options.log, this.#nowMs);
  }

  /** Calls `listener` after every inspection. */
  onInspection(listener: () => void): void {
    this.#inspections.on('ended', listener);
  }

  /** False when the part did not answer the last inspection. */
  answers(part: Part): boolean {
    return !this.#findings().some((finding) => finding.part === part && finding.code === UNAVAILABLE);
  }

  /** Inspects now and from then on. Resolves after the first inspection. */
  async start(): Promise<void> {
    this.#watching = true;
    await this.#inspect();
  }

  /** Logs nothing more: from now on, connections break because this process closes them. */
  stop(): void {
    this.#watching = false;
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async close(): Promise<void> {
    this.stop();
    await this.#inspecting;
    await Promise.all([this.#options.postgres.close(), this.#options.redis.close()]);
  }

  /** The readiness as of the last second. */
  async readiness(): Promise<Readiness> {
    await this.#refresh();
    return this.last();
  }

  /** The readiness at the last inspection. */
  last(): Readiness {
    return readinessOf(this.#findings(), this.#options.vital);
  }

  /**
   * The finding that forbids to take work until a person has changed something; undefined when there is none. Inspects only
   * before the first answer and while there is one.
   */
  async blockedBy(): Promise<Finding | undefined> {
    if (this.#inspectedAtMs === undefined || this.#blocking()) await this.#refresh();
    return this.#blocking();
  }

  /** Resolves when nothing stops the work. @throws AbortError when the signal is aborted first */
  async untilUsable(signal: AbortSignal): Promise<void> {
    while (this.#inspectedAtMs === undefined || this.#isStopped()) await once(this.#inspections, 'ended', { signal });
  }

  /** Inspects because something failed. True when a server's state, which is logged by itself, explains a failure now. */
  async explains(): Promise<boolean> {
    if (this.#hasTrouble() && this.#isFresh()) return true;
    await this.#inspecting; // one that began before the failure may have seen everything in order
    if (!this.#closed) await this.#inspect();
    return this.#closed || this.#hasTrouble() || this.#nowMs() - this.#troubledAtMs < AFTERMATH_MS;
  }

  /** Inspects one server, whatever the other one does. True when it does not work now; then everything is inspected, and logged. */
  async isTroubled(server: Server): Promise<boolean> {
    const { findings } = await this.#inspectServer(server);
    const isTroubled = findings.some(stopsServer);
    if (isTroubled && !this.#closed) void this.#inspect();
    return isTroubled;
  }

  async #refresh(): Promise<void> {
    if (!this.#isFresh() && !this.#closed) await this.#inspect();
  }

  #isFresh(): boolean {
    return this.#inspectedAtMs !== undefined && this.#nowMs() - this.#inspectedAtMs < FRESH_MS;
  }

  #hasTrouble(): boolean {
    return this.#findings().some(stopsServer);
  }

  #inspect(): Promise<void> {
    this.#inspecting ??= this.#run().finally(() => {
      this.#inspecting = undefined;
      this.#schedule();
    });
    return this.#inspecting;
  }

  #inspectServer(server: Server): Promise<Inspection> {
    const pending = this.#underWay.get(server);
    if (pending) return pending;
    const inspection = this.#options[server].inspect().finally(() => this.#underWay.delete(server));
    this.#underWay.set(server, inspection);
    return inspection;
  }

  async #run(): Promise<void> {
    const { log } = this.#options;
    const [ofPostgres, ofRedis] = await Promise.all([this.#inspectServer('postgres'), this.#inspectServer('redis')]);
    if (this.#closed) return;
    this.#inspectedAtMs = this.#nowMs();
    this.#log.update([...ofPostgres.findings, ...ofRedis.findings]);
    if (this.#hasTrouble()) this.#troubledAtMs = this.#nowMs();
    if (this.#noteFacts(ofPostgres, ofRedis)) log.info(this.#facts, 'servers inspected');
    this.#inspections.emit('ended');
  }

  /** True when a server reports something new about itself: at the start, and when it was replaced. */
  #noteFacts(postgres: Inspection, redis: Inspection): boolean {
    const before = this.#facts;
    this.#facts = { postgres: knownFacts(postgres) ?? before.postgres, redis: knownFacts(redis) ?? before.redis };
    return JSON.stringify(this.#facts) !== JSON.stringify(before);
  }

  #findings(): readonly Finding[] {
    return this.#log.current();
  }

  #blocking(): Finding | undefined {
    return this.#findings().find(({ effect }) => effect === 'blocks');
  }

  #isStopped(): boolean {
    return this.#findings().some((finding) => stopsWork(finding, this.#options.vital));
  }

  #schedule(): void {
    if (!this.#watching) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#inspect(), this.#isStopped() ? UNREADY_INTERVAL_MS : READY_INTERVAL_MS);
  }
}

function knownFacts({ facts }: Inspection): Facts | undefined {
  return Object.keys(facts).length > 0 ? facts : undefined;
}

function stopsServer({ effect }: Finding): boolean {
  return effect !== 'degrades';
}
