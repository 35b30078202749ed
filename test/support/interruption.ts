const INTERRUPTED = 130;

/**
 * Lets Ctrl-C and SIGTERM stop this process in good order: runs `stop` once, then exits with 130.
 *
 * @returns whether that has begun; an error after that may be its consequence
 */
export function stopWhenInterrupted(stop: () => Promise<void> | undefined): () => boolean {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      console.error('stopping');
      await stop();
      process.exit(INTERRUPTED);
    });
  }
  return () => stopping;
}
