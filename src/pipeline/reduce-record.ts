import type { Attempt, ReceivedResponse } from '../domain/attempt.ts';
import type { NextState } from '../domain/retry.ts';
import type { AttemptRecord } from '../ports/claims.ts';

/**
 * What to leave out of a result that Postgres refuses, in the order to try: a receiver must not get a message again and again
 * because of what its answer held. The verdict stands in all of them.
 */
export const REDUCTIONS: readonly ((record: AttemptRecord) => AttemptRecord)[] = [withoutAnswer, withoutTexts];

/** Without bodies and headers of the attempt. */
function withoutAnswer(record: AttemptRecord): AttemptRecord {
  return { ...record, attempt: bareAttempt(record.attempt) };
}

/** Also without the body as sent, which the next attempt builds again, and without the tenant's own event about a death. */
function withoutTexts({ next, ...record }: AttemptRecord): AttemptRecord {
  const attempt = bareAttempt(record.attempt);
  return { ...record, attempt, next: withCleanReason(next), builtBody: undefined, operationalEvents: undefined };
}

function bareAttempt({ outcome, request, ...attempt }: Attempt): Attempt {
  return { ...attempt, request: request && { ...request, headers: {} }, outcome: bareOutcome(outcome) };
}

const NOT_STORED = 'Headers and body could not be stored.';

function bareOutcome(outcome: Attempt['outcome']): Attempt['outcome'] {
  switch (outcome.kind) {
    case 'response':
      return { ...outcome, ...withoutContent(outcome), notes: [NOT_STORED] };
    case 'failure': {
      const { received, ...failure } = outcome;
      const detail = cleanText(failure.detail);
      return { ...failure, detail, notes: [NOT_STORED], ...(received && { received: withoutContent(received) }) };
    }
    case 'unbuildable':
      return { ...outcome, reason: cleanText(outcome.reason) };
  }
}

function withoutContent({ status }: ReceivedResponse): ReceivedResponse {
  return { status, headers: {}, body: { text: '', truncated: true } };
}

function withCleanReason(next: NextState): NextState {
  return 'reason' in next ? { ...next, reason: cleanText(next.reason) } : next;
}

/** Postgres stores neither NUL nor lone surrogates. */
function cleanText(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
