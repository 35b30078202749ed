import type { Composer } from '../dialects/compose-request.ts';
import { Unbuildable } from '../dialects/dialect.ts';
import type { Attempt, UnbuildableCause, Verdict } from '../domain/attempt.ts';
import { type AttemptSignal, NO_SIGNAL, signalOf } from '../domain/endpoint-signal.ts';
import { MappingCollision } from '../domain/mapping.ts';
import { verdictOf, withAcceptance } from '../domain/verdict.ts';
import type { ClaimedDelivery } from '../ports/claims.ts';
import type { Clock, Log } from '../ports/process.ts';
import type { Sender } from '../ports/sending.ts';
import type { EndpointConsents } from './endpoint-consents.ts';
import type { AttemptPlan } from './plan-attempt.ts';

export interface AttemptDeps {
  readonly sender: Sender;
  readonly consents: Pick<EndpointConsents, 'ask'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface AttemptResult {
  readonly attempt: Attempt;
  readonly verdict: Verdict;
  readonly signal: AttemptSignal;
  /** The body, when this attempt built it and it was sent. */
  readonly builtBody: string | undefined;
}

/**
 * Makes one attempt: builds the body if no earlier attempt did, signs it and sends it. Never throws for a body that cannot be
 * built or for anything a receiver does.
 *
 * @param rateSlot waits for the attempt's slot in the rate of its endpoint
 * @returns undefined when this process broke the request off: that is no attempt, and its claim is to be given back
 */
export async function makeAttempt(
  { sender, consents, clock, log }: AttemptDeps,
  claimed: ClaimedDelivery,
  { composer, buildBody }: AttemptPlan,
  rateSlot: () => Promise<void>,
): Promise<AttemptResult | undefined> {
  const { id: deliveryId, attempt: number } = claimed;
  const buildingAtMs = clock();
  // the operator can restore the key or upgrade this worker meanwhile, so the delivery is retried
  if (composer.unreadable !== undefined) return notSent(claimed, buildingAtMs, composer.unreadable, retryable);
  let body: string;
  try {
    body = buildBody();
  } catch (error) {
    // a body that cannot be built must not stop the others, whatever the cause; an unexpected cause is logged too
    const isExpected = error instanceof Unbuildable || error instanceof MappingCollision;
    if (!isExpected) log.error({ err: error, deliveryId }, 'building a body failed unexpectedly');
    const cause = error instanceof Unbuildable ? error.why : undefined;
    return notSent(
      claimed,
      buildingAtMs,
      isExpected ? error.message : `internal error: ${String(error)}`,
      permanent,
      cause,
    );
  }
  if (composer.consentOrigin !== undefined) {
    const refusal = await askConsent(consents, claimed, composer, composer.consentOrigin);
    if (refusal === 'broken_off') return undefined;
    if (refusal) return notSent(claimed, buildingAtMs, refusal.reason, unagreed);
  }
  await rateSlot();
  const startedAtMs = clock();
  const request = composer.request(body, claimed.messageId, startedAtMs, claimed.test);
  const sent = composer.withoutEchoes(withAcceptance(await sender.send(request), composer.policy));
  if (sent.kind === 'broken_off') return undefined;
  const outcome = sent;
  const verdict = verdictOf(outcome, composer.policy, clock());
  const { method, url, headers } = request;
  return {
    attempt: {
      deliveryId,
      number,
      startedAt: new Date(startedAtMs),
      outcome,
      verdict: verdict.kind,
      request: { method, url, headers: composer.redacted(headers) },
    },
    verdict,
    signal:
      claimed.test || claimed.unsubscribeUrl !== undefined
        ? NO_SIGNAL
        : { signal: signalOf(outcome, verdict), limits: composer.limits },
    builtBody: claimed.body === undefined ? body : undefined,
  };
}

/** Undefined when the endpoint has agreed. @throws Unavailable */
async function askConsent(
  consents: Pick<EndpointConsents, 'ask'>,
  { endpointId }: ClaimedDelivery,
  { limits, url }: Composer,
  origin: string,
): Promise<{ readonly reason: string } | 'broken_off' | undefined> {
  const answered = await consents.ask({ endpointId, url, origin, limits });
  if (answered.kind === 'agreed') return undefined;
  return answered.kind === 'refused' ? { reason: answered.reason } : 'broken_off';
}

/** The receiver may be set up meanwhile, so the delivery is retried. */
function unagreed(reason: string): Verdict {
  return { kind: 'retryable', reason: `the endpoint has not agreed to webhooks: ${reason}` };
}

function retryable(reason: string): Verdict {
  return { kind: 'retryable', reason: `the request cannot be composed: ${reason}` };
}

function permanent(reason: string): Verdict {
  return { kind: 'permanent', reason: `the body cannot be built: ${reason}`, endpointGone: false };
}

/** An attempt that ended before anything was sent: it shows nothing about the endpoint. */
function notSent(
  { id, attempt: number }: ClaimedDelivery,
  atMs: number,
  reason: string,
  verdictFor: (reason: string) => Verdict,
  cause?: UnbuildableCause,
): AttemptResult {
  const verdict = verdictFor(reason);
  return {
    attempt: {
      deliveryId: id,
      number,
      startedAt: new Date(atMs),
      outcome: { kind: 'unbuildable', reason, ...(cause && { cause }) },
      verdict: verdict.kind,
      request: undefined,
    },
    verdict,
    signal: NO_SIGNAL,
    builtBody: undefined,
  };
}
