/** Whether a request that was answered with 503 may be sent again: it can have taken effect all the same. */
export type RepeatAdvice = 'safe' | 'stored-again' | 'check';

export const REPEAT_TEXTS: Readonly<Record<RepeatAdvice, string>> = {
  safe: 'It is safe to send the request again.',
  'stored-again': 'It may have been stored: an event without an `id` is stored again when the request is sent again.',
  check: 'It may have taken effect: check that before you send the request again.',
};

interface Repeatable {
  readonly method: string;
  eventsHaveIds?(body: unknown): boolean;
}

/** The advice for a request whose handler failed. An Idempotency-Key changes nothing: a failed request frees it. */
export function repeatAdvice({ method, eventsHaveIds }: Repeatable, body: unknown): RepeatAdvice {
  if (method !== 'post') return 'safe';
  if (!eventsHaveIds) return 'check';
  return eventsHaveIds(body) ? 'safe' : 'stored-again';
}
