import fc from 'fast-check';
import type { EndpointSignal } from '../../../../src/domain/endpoint-signal.ts';
import { GATE_RULES, type GateRules } from '../../../../src/domain/gate-rules.ts';
import type { Limits } from '../../../../src/domain/limits.ts';

// Random runs of the gate. Numbers choose among what there is at that moment, modulo how many there are.

export const TENANTS = 2;
export const ENDPOINTS = 5;
export const WORKERS = 3;

/** New deliveries, or repeated offers, as `recover` makes them, of attempts that workers have in flight and of recent ones. */
export interface Offer {
  readonly endpoint: number;
  readonly count: number;
  readonly isRepeated: boolean;
  readonly limits: Limits | undefined;
}

/** Attempts at one endpoint end, whichever worker makes them. */
export interface Ending {
  readonly endpoint: number;
  readonly count: number;
  readonly signal: EndpointSignal;
  readonly limits: Limits | undefined;
}

export type Command =
  | { readonly kind: 'round'; readonly offers: readonly Offer[]; readonly endings: readonly Ending[] }
  | { readonly kind: 'beat'; readonly worker: number; readonly slots: number }
  | { readonly kind: 'pass time'; readonly ms: number }
  | { readonly kind: 'reslot'; readonly endpoint: number }
  | { readonly kind: 'worker dies'; readonly worker: number }
  /** Its leases run out, and its attempts are offered again and reach another worker; the first continues with them later. */
  | { readonly kind: 'worker stalls'; readonly worker: number }
  | { readonly kind: 'reset'; readonly endpoint: number }
  | { readonly kind: 'flush' };

export interface Script {
  readonly rules: GateRules;
  readonly commands: readonly Command[];
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const endpoint = fc.nat(ENDPOINTS - 1);
const worker = fc.nat(WORKERS - 1);
const limits = fc.constantFrom<Limits | undefined>(
  undefined,
  {},
  { maxInFlight: 1 },
  { maxInFlight: 4 },
  { maxInFlight: 50 },
  { maxInFlight: 10, ratePerSecond: 3 },
  { maxInFlight: 10, ratePerSecond: 64 },
  { maxInFlight: 20, ratePerSecond: 1000 },
);

const offer: fc.Arbitrary<Offer> = fc.record({
  endpoint,
  count: fc.integer({ min: 1, max: 8 }),
  isRepeated: fc.nat(2).map((n) => n === 0),
  limits,
});

const signal: fc.Arbitrary<EndpointSignal> = fc.record({
  kind: fc.constantFrom('delivered', 'delivered', 'failed', 'failed', 'failed', 'throttled', 'none'),
  pauseMs: fc.constantFrom(0, 0, 0, 0, 400, 7 * SECOND),
});

const ending: fc.Arbitrary<Ending> = fc.record({ endpoint, count: fc.integer({ min: 1, max: 4 }), signal, limits });

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant('round' as const),
      offers: fc.array(offer, { maxLength: 3 }),
      endings: fc.array(ending, { maxLength: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('beat' as const),
      worker,
      slots: fc.constantFrom(0, 1, 4, 4, 10, 10, 30, 60),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('pass time' as const),
      ms: fc.oneof(
        { weight: 4, arbitrary: fc.nat(300) },
        { weight: 4, arbitrary: fc.nat(6 * SECOND) },
        { weight: 2, arbitrary: fc.constant(GATE_RULES.leaseMs) },
        { weight: 1, arbitrary: fc.constantFrom(6 * MINUTE, GATE_RULES.forgetAfterMs) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reslot' as const), endpoint }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('worker dies' as const), worker }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('worker stalls' as const), worker }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), endpoint }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
);

/** Bounds so small that runs reach them. */
const rules: fc.Arbitrary<GateRules> = fc
  .record({
    maxDue: fc.constantFrom(1, 3, GATE_RULES.maxDue),
    maxTries: fc.constantFrom(2, GATE_RULES.maxTries),
    maxParked: fc.constantFrom(5, GATE_RULES.maxParked),
    coldMs: fc.constantFrom(0, GATE_RULES.coldMs),
    tenantShare: fc.constantFrom(GATE_RULES.tenantShare, 1),
    slowShare: fc.constantFrom(GATE_RULES.slowShare, 0.5),
    firstShare: fc.constantFrom(GATE_RULES.firstShare, 8),
    crowd: fc.constantFrom(0, 2, GATE_RULES.crowd),
  })
  .map((changed) => ({ ...GATE_RULES, ...changed }));

export const scripts: fc.Arbitrary<Script> = fc.record({
  rules,
  commands: fc.array(command, { minLength: 20, maxLength: 90, size: 'max' }),
});
