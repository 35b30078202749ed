import type { SendOutcome } from './attempt.ts';
import type { Limits } from './limits.ts';

// The handshake of CloudEvents' HTTP 1.1 Web Hooks 1.0.2: OPTIONS to the endpoint names the sender, and the answer agrees by a header.

const SECONDS_PER_MINUTE = 60;

/** The headers of the request for consent: who asks, and how many requests a minute it wants to make, where that is bounded. */
export function consentRequestHeaders(origin: string, { ratePerSecond }: Limits): Readonly<Record<string, string>> {
  return {
    'webhook-request-origin': origin,
    ...(ratePerSecond !== undefined && {
      'webhook-request-rate': String(Math.max(1, Math.ceil(ratePerSecond * SECONDS_PER_MINUTE))),
    }),
  };
}

/**
 * Why an endpoint has not agreed; undefined when it has. The status of its answer does not matter. An agreement to fewer requests
 * than the limits allow is none: the sender has to obey it, and the tenant sets the limits.
 */
export function consentRefusal(outcome: SendOutcome, origin: string, { ratePerSecond }: Limits): string | undefined {
  if (outcome.kind === 'failure') return `${outcome.failure}: ${outcome.detail}`;
  const { 'webhook-allowed-origin': allowed, 'webhook-allowed-rate': rate = '*' } = outcome.headers;
  if (allowed === undefined) return `the answer to OPTIONS (${outcome.status}) has no WebHook-Allowed-Origin`;
  const isAllowed = allowed.trim() === '*' || allowed.trim().toLowerCase() === origin.toLowerCase();
  if (!isAllowed) return `WebHook-Allowed-Origin is not ${origin}`;
  const perMinute = rate.trim() === '*' ? Number.POSITIVE_INFINITY : Number(rate);
  if (!(perMinute > 0)) return 'WebHook-Allowed-Rate is neither a number nor *';
  if ((ratePerSecond ?? Number.POSITIVE_INFINITY) * SECONDS_PER_MINUTE <= perMinute) return undefined;
  const most = Math.floor((perMinute / SECONDS_PER_MINUTE) * 10) / 10;
  return `the endpoint allows ${perMinute} requests a minute: set limits.ratePerSecond of the integration to ${most} or less`;
}
