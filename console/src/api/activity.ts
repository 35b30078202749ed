const IDLE_AFTER_MS = 5 * 60_000;
let lastUseMs = performance.now();

for (const type of ['pointerdown', 'keydown', 'wheel'] as const) {
  addEventListener(type, () => (lastUseMs = performance.now()), { passive: true, capture: true });
}

/** True when nobody has used the page lately: what it loads by itself must not keep the session alive. */
export function isIdle(): boolean {
  return performance.now() - lastUseMs > IDLE_AFTER_MS;
}
