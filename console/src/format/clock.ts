// The server's time, for what is compared with instants of the API: ages, "today", periods. This machine's clock may be wrong.

/** Smaller differences are how long an answer takes. */
const TOLERANCE_MS = 2000;

let aheadMs = 0;

/** Notes the server's time, an instant, as of an answer that has just come. */
export function noteServerTime(instant: string): void {
  const differenceMs = Date.parse(instant) - Date.now();
  aheadMs = Math.abs(differenceMs) > TOLERANCE_MS ? differenceMs : 0;
}

/** The server's time, in ms since 1970. */
export function serverNowMs(): number {
  return Date.now() + aheadMs;
}

/** A time of this machine's clock, in ms since 1970, as the server has it. */
export function serverTimeOf(localMs: number): Date {
  return new Date(localMs + aheadMs);
}
