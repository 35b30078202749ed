import type { Schemas } from '../../../../client/index.ts';
import { showTime } from '../../format/time.ts';
import { endpoints as text } from '../../strings/endpoints.ts';

export type BoardEndpoint = Schemas['BoardEndpoint'];

/** Why an endpoint needs attention and what happens next, in words; empty: it works. */
export function reasonOf(endpoint: BoardEndpoint): string {
  const { condition, live, lastAttempt, disablesAt, paused, subscriptions, held, due } = endpoint;
  const sentences: (string | undefined)[] = [];
  const failure = lastAttempt?.reason ?? undefined;
  const failing = [
    failure === undefined ? undefined : asSentence(failure),
    live && live.failuresInARow > 0 ? text.failedInARow(live.failuresInARow) : undefined,
  ];
  const disables = disablesAt === null ? undefined : text.disables(showAt(disablesAt));
  switch (condition) {
    case 'disabled': {
      const [first = 'requested'] = subscriptions.disabledReasons;
      sentences.push(paused ? text.pausedBecause(asSentence(paused.reason)) : text.disabled[first]);
      if (held > 0) sentences.push(text.held(held));
      break;
    }
    case 'open':
      sentences.push(...failing, live?.breaker.until ? text.pausedUntil(showAt(live.breaker.until)) : undefined, disables);
      break;
    case 'half-open':
      sentences.push(...failing, text.testing, disables);
      break;
    case 'failing':
      sentences.push(...failing, disables);
      break;
    case 'throttled':
      sentences.push(live?.pausedUntil ? text.throttled(showAt(live.pausedUntil)) : undefined);
      break;
    case 'waiting':
      sentences.push(held > 0 ? text.held(held) : text.waits(due));
      break;
    default:
  }
  if (!live) sentences.push(text.liveUnknown);
  return sentences.flatMap((sentence) => sentence ?? []).join(' ');
}

/** An instant without its milliseconds. */
export function showAt(at: string): string {
  return showTime(new Date(at)).replace(/\.\d+$/, '');
}

function asSentence(words: string): string {
  const text = words.trim();
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}

/** `hooks.example.com` and `/wallet`. */
export function partsOf(url: string): { readonly host: string; readonly path: string } {
  if (!URL.canParse(url)) return { host: url, path: '' };
  const { host, pathname, search } = new URL(url);
  return { host, path: `${pathname}${search}` };
}

/** The answer to the last attempt, in a few words. */
export function lastAnswerOf({ lastAttempt }: BoardEndpoint): string {
  if (lastAttempt === null) return text.none;
  const { status, tookMs } = lastAttempt;
  if (tookMs === null) return text.notSent;
  return status === null ? text.noAnswer(tookMs) : text.answered(status, tookMs);
}
