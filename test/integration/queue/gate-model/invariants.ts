import { breakerAt, HEALTHY } from '../../../../src/domain/breaker.ts';
import type { GateRules } from '../../../../src/domain/gate-rules.ts';
import { LANES, laneSlots } from '../../../../src/domain/lane.ts';
import { currentShare, tenantShare } from '../../../../src/domain/share.ts';
import type { StepReply } from '../../../../src/queue/gate/gate-messages.ts';
import type { GateState } from './gate-state.ts';

/** Invariants after every step, whatever the rules decided. Returns those violated. */
export function brokenInvariants(state: GateState, rules: GateRules, { admitted, nowMs }: StepReply): string[] {
  return [
    ...countsDisagree(state),
    ...sharesExceeded(state, rules, { admitted, nowMs }),
    ...expiresTooSoon(state),
    ...withoutWayForward(state),
  ];
}

function countsDisagree(state: GateState): string[] {
  const broken: string[] = [];
  const parked = Object.values(state.endpoints).reduce((sum, endpoint) => sum + endpoint.parked.length, 0);
  if (parked !== state.parked) broken.push(`${parked} are parked, and ${state.parked} are counted`);
  const inLanes = LANES.flatMap((lane) => Object.keys(state.lanes[lane].leases).map((entry) => ({ lane, entry })));
  const members = inLanes.map(({ entry }) => entry.split(' ')[2]);
  if (new Set(members).size !== members.length) broken.push('an attempt is in flight in two lanes');
  for (const [id, { inFlight, parked: waiting }] of Object.entries(state.endpoints)) {
    const expected = inLanes.map(({ entry }) => entry.split(' ')).filter(([, endpoint]) => endpoint === id);
    if (
      !sameMembers(
        expected.map(([, , member]) => member),
        inFlight,
      )
    )
      broken.push(`in flight at ${id} and in the lanes differ`);
    if (waiting.some((member) => inFlight.includes(member))) broken.push(`an attempt at ${id} is parked and in flight`);
  }
  for (const lane of LANES) {
    for (const [id, { inFlight }] of Object.entries(state.lanes[lane].tenants)) {
      const entries = Object.keys(state.lanes[lane].leases).map((entry) => entry.split(' '));
      const expected = entries.filter(([tenant]) => tenant === id).map(([, , member]) => member);
      if (!sameMembers(expected, inFlight)) broken.push(`in flight for ${id} and in lane ${lane} differ`);
    }
  }
  return broken;
}

/** Shares shrink while more is in flight; but nothing is admitted beyond them. */
function sharesExceeded(
  state: GateState,
  rules: GateRules,
  { admitted, nowMs }: Pick<StepReply, 'admitted' | 'nowMs'>,
): string[] {
  const broken: string[] = [];
  const slots = Object.values(state.workers).reduce((sum, worker) => {
    const [count = 0, untilMs = 0] = worker.split(' ').map(Number);
    return untilMs > nowMs ? sum + count : sum;
  }, 0);
  for (const { lane, tenantId, endpointId } of admitted) {
    const slotsOfLane = laneSlots(slots, rules)[lane];
    const { leases, tenants } = state.lanes[lane];
    const endpoint = state.endpoints[endpointId];
    const breaker = endpoint?.breaker ?? HEALTHY;
    const share = currentShare(
      endpoint?.share ?? rules.firstShare,
      endpoint?.maxInFlight ?? rules.maxInFlight,
      breakerAt(breaker, nowMs),
    );
    if (breaker.pausedUntilMs > nowMs) broken.push(`${endpointId} is paused`);
    if ((endpoint?.inFlight.length ?? 0) > share) broken.push(`${endpointId} is above its share of ${share}`);
    const ofTenant = tenants[tenantId]?.inFlight.length ?? 0;
    if (ofTenant > tenantShare(slotsOfLane, rules)) broken.push(`${tenantId} is above its share of lane ${lane}`);
    if (Object.keys(leases).length > slotsOfLane) broken.push(`lane ${lane} is above its ${slotsOfLane} slots`);
  }
  return broken;
}

function expiresTooSoon({ endpoints }: GateState): string[] {
  return Object.entries(endpoints)
    .filter(([, { expires, parked, inFlight }]) => expires && parked.length + inFlight.length > 0)
    .map(([id]) => `${id} expires though it is not idle`);
}

/** An endpoint with parked deliveries is tried again: now, at a time, or when an attempt ends. */
function withoutWayForward({ endpoints, lanes, wakes }: GateState): string[] {
  const isTried = (id: string) =>
    LANES.some((lane) =>
      Object.entries(lanes[lane].tenants).some(
        ([tenant, { ring, inFlight }]) =>
          ring.includes(id) && (lanes[lane].tenantRing.includes(tenant) || inFlight.length > 0),
      ),
    );
  return Object.entries(endpoints)
    .filter(([id, { parked, inFlight }]) => parked.length > 0 && inFlight.length === 0 && !(id in wakes) && !isTried(id))
    .map(([id]) => `${id} has parked deliveries and will never be tried again`);
}

function sameMembers(a: readonly (string | undefined)[], b: readonly string[]): boolean {
  return a.toSorted().join(' ') === b.toSorted().join(' ');
}
