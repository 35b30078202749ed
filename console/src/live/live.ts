import { signedOutStore } from '../api/signed-out.ts';
import { keepConnected, SILENCE_MS, type StreamMessage, type StreamQuery } from './connection.ts';
import { takePlace } from './stream-place.ts';

// The one stream of this tab: open while the tab is visible and somebody is signed in, about everything that is registered.

/** What a part of the page wants to hear of. */
export interface Watch {
  /** As the API names them: `deliveries`, `delivery:{id}`. */
  readonly topics: readonly string[];
  /** Of the topic `deliveries`, as the list has it; and the tenant. */
  readonly filter?: Omit<StreamQuery, 'topics'>;
}

export interface LiveState {
  /** `starting`: since less than 20 s; `none`: there is no stream for this tab, so it asks every 30 s. */
  readonly state: 'starting' | 'live' | 'stopped' | 'none';
  /** When the last message came, by this machine's clock. */
  readonly lastAtMs: number;
}

interface Registered extends Watch {
  take(message: StreamMessage): void;
}

/** The pages of a step in the history come and go together. */
const SETTLE_MS = 50;
const PLACE_AGAIN_MS = 30_000;

const registered = new Map<symbol, Registered>();
const listeners = new Set<() => void>();
let shown: LiveState = { state: 'starting', lastAtMs: Date.now() };
let open: { readonly key: string; readonly abort: AbortController } | undefined;
let isSettling = false;
let silence: number | undefined;

export const liveStore = {
  get: (): LiveState => shown,
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/** Registers what a part of the page wants to hear of. @returns takes it back */
export function register(one: Registered): () => void {
  const id = Symbol('watch');
  registered.set(id, one);
  settle();
  return () => {
    registered.delete(id);
    settle();
  };
}

document.addEventListener('visibilitychange', () => {
  // a hidden tab needs no connection, and holds none back from the others
  if (document.visibilityState === 'hidden') close();
  else settle();
});
signedOutStore.subscribe(() => {
  if (signedOutStore.get()) close();
  else settle();
});

function settle(): void {
  if (isSettling) return;
  isSettling = true;
  setTimeout(() => {
    isSettling = false;
    connect();
  }, SETTLE_MS);
}

function connect(): void {
  const query = wanted();
  if (!query || document.visibilityState === 'hidden' || signedOutStore.get()) {
    close();
    return;
  }
  const key = JSON.stringify(query);
  if (open?.key === key) return;
  open?.abort.abort();
  if (!open) awaitMessage('starting');
  const abort = new AbortController();
  open = { key, abort };
  void run(query, abort.signal);
}

/** Everything that is registered, in one request. A page has one list, whose filter counts. */
function wanted(): StreamQuery | undefined {
  const all = [...registered.values()];
  const topics = [...new Set(all.flatMap((one) => one.topics))].toSorted();
  if (topics.length === 0) return undefined;
  const filters = all.map(({ filter = {} }) => filter);
  return { ...Object.assign({}, ...filters), topics: topics.join(',') };
}

async function run(query: StreamQuery, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && !(await takePlace(signal))) {
    set({ state: 'none', lastAtMs: shown.lastAtMs });
    await new Promise((resolve) => setTimeout(resolve, PLACE_AGAIN_MS));
  }
  if (signal.aborted) return;
  const refused = (): void => set({ state: 'none', lastAtMs: shown.lastAtMs });
  await keepConnected(query, { message: take, refused }, signal);
}

function take(message: StreamMessage): void {
  awaitMessage(message.event === 'end' ? shown.state : 'live');
  for (const one of [...registered.values()]) one.take(message);
}

/** What is shown until a message comes, and after how long it is told that none does. */
function awaitMessage(state: LiveState['state']): void {
  clearTimeout(silence);
  const lastAtMs = Date.now();
  set({ state, lastAtMs });
  silence = window.setTimeout(() => {
    if (shown.state !== 'none') set({ state: 'stopped', lastAtMs });
  }, SILENCE_MS);
}

function close(): void {
  open?.abort.abort();
  open = undefined;
  clearTimeout(silence);
}

function set(state: LiveState): void {
  const isSame = state.state === shown.state;
  shown = state;
  if (!isSame) for (const listener of listeners) listener();
}
