/** A browser opens six connections to a server at most (HTTP/1.1), and its requests need some. */
const PLACES = 3;

/**
 * Holds one of the few places for a stream that all visible tabs of this browser share, until `signal` is aborted.
 *
 * @returns false when none is free
 */
export async function takePlace(signal: AbortSignal): Promise<boolean> {
  if (!('locks' in navigator)) return true; // without TLS; most people have one visible tab
  for (let place = 1; place <= PLACES; place++) {
    if (await tryPlace(place, signal)) return true;
  }
  return false;
}

function tryPlace(place: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const held = async (lock: Lock | null): Promise<void> => {
      resolve(lock !== null);
      if (lock === null || signal.aborted) return;
      await new Promise<void>((release) => signal.addEventListener('abort', () => release(), { once: true }));
    };
    navigator.locks.request(`passwire-stream-${place}`, { ifAvailable: true }, held).catch(() => resolve(true)); // frames without storage have no locks
  });
}
