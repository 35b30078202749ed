import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../support/client.ts';
import type { Installation } from './installation.ts';

/** How an API refused a steady load, and what that cost it. */
export interface Refusals {
  readonly requests: number;
  readonly refused: number;
  /** Until a 503. */
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** The most resident memory, beyond the most with the same load before the fault; undefined where there is no /proc. */
  readonly growthMiB: number | undefined;
  /** Answers that were neither success nor a 503 with `retry-after`. */
  readonly wrong: readonly string[];
}

const EVENTS_PER_S = 200;
const EVENT_BYTES = 20_000;
const READ_EVERY = 20;
/** Several, so that no key reaches its limit of concurrent requests. */
const TENANTS = 4;
const WARM_UP_MS = 3000;
const MAX_REFUSAL_MS = 5000;
const MAX_GROWTH_MIB = 100;
const TEMPLATE = { externalId: 'refused' };
const READS = ['events', 'deliveries', 'dead-letters', 'endpoints', 'subscriptions', 'templates', 'integrations'];

/**
 * Posts 200 events/s of 20 KB and reads of every kind, whatever the API responds: first without a fault, then
 * from `begin` to `end` of one.
 */
export async function measureRefusals(
  installation: Installation,
  fault: { readonly begin: () => void; readonly end: () => void; readonly forMs: number },
): Promise<Refusals> {
  // without a subscription: their events lead to no deliveries
  const clients = await Promise.all(Array.from({ length: TENANTS }, () => installation.makeTenant()));
  for (const client of clients) await client.makeTemplate(TEMPLATE);
  const { pid } = installation.api;
  const before = await load(clients, pid, WARM_UP_MS);
  fault.begin();
  const during = await load(clients, pid, fault.forMs).finally(fault.end);
  const refused = during.answers.filter(({ status }) => status === 503).map(({ tookMs }) => tookMs);
  const sorted = refused.toSorted((a, b) => a - b);
  return {
    requests: during.answers.length,
    refused: refused.length,
    p99Ms: sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0,
    slowestMs: sorted.at(-1) ?? 0,
    growthMiB: before.mostMiB && during.mostMiB ? during.mostMiB - before.mostMiB : undefined,
    wrong: during.answers.flatMap(({ wrong }) => wrong ?? []),
  };
}

/** In words, which promises the refusals broke. */
export function brokenByRefusals({ refused, p99Ms, growthMiB = 0, wrong }: Refusals, patience: number): string[] {
  const checks: readonly (readonly [isBroken: boolean, what: string])[] = [
    [refused === 0, 'nothing was refused'],
    [p99Ms > MAX_REFUSAL_MS * patience, `a 503 took ${Math.round(p99Ms)} ms at p99`],
    [growthMiB > MAX_GROWTH_MIB, `the API grew by ${Math.round(growthMiB)} MiB`],
    [wrong.length > 0, `${wrong.length} answers were neither success nor a 503 with retry-after: ${wrong[0]}`],
  ];
  return checks.filter(([isBroken]) => isBroken).map(([, what]) => what);
}

interface Answered {
  readonly status: number;
  readonly tookMs: number;
  readonly wrong?: string;
}

interface Loaded {
  readonly answers: readonly Answered[];
  readonly mostMiB: number | undefined;
}

async function load(clients: readonly Client[], pid: number, forMs: number): Promise<Loaded> {
  const startedAtMs = performance.now();
  const pending: Promise<Answered>[] = [];
  const sizes: number[] = [];
  for (let sent = 0; sent < (forMs / 1000) * EVENTS_PER_S; sent++) {
    const early = startedAtMs + (sent * 1000) / EVENTS_PER_S - performance.now();
    if (early > 0) await sleep(early);
    const client = clients[sent % clients.length] as Client;
    pending.push(answered(() => client.call('POST', '/v1/events', randomEvent())));
    if (sent % READ_EVERY > 0) continue;
    const read = READS[(sent / READ_EVERY) % READS.length];
    pending.push(answered(() => client.call('GET', `/v1/${read}`)));
    sizes.push(residentMiB(pid) ?? 0);
  }
  const answers = await Promise.all(pending);
  sizes.push(residentMiB(pid) ?? 0);
  return { answers, mostMiB: Math.max(...sizes) || undefined };
}

async function answered(call: () => ReturnType<Client['call']>): Promise<Answered> {
  const startedAtMs = performance.now();
  try {
    const { status, headers, text } = await call();
    const tookMs = performance.now() - startedAtMs;
    const isRight = status < 300 || (status === 503 && headers.get('retry-after') !== null);
    return { status, tookMs, ...(!isRight && { wrong: `${status} ${text}` }) };
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: string } };
    const tookMs = performance.now() - startedAtMs;
    // this process was too busy to connect within ten seconds, which says nothing about the API
    if (cause?.code === 'UND_ERR_CONNECT_TIMEOUT') return { status: 0, tookMs };
    return { status: 0, tookMs, wrong: String(cause ?? error) };
  }
}

function randomEvent(): object {
  return {
    id: randomBytes(12).toString('hex'),
    type: 'pass.updated',
    templateId: TEMPLATE.externalId,
    occurredAt: '2026-03-01T12:00:00Z',
    pass: { id: 'p-1', fields: { note: 'x'.repeat(EVENT_BYTES) } },
  };
}

function residentMiB(pid: number): number | undefined {
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  } catch {
    return undefined; // no /proc
  }
}
