type Listener = () => void;

const listeners = new Set<Listener>();
let isSignedOut = false;

/** The session has ended: the API answered 401. */
export function reportSignedOut(): void {
  set(true);
}

export function reportSignedIn(): void {
  set(false);
}

export const signedOutStore = {
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  get: (): boolean => isSignedOut,
};

function set(value: boolean): void {
  if (isSignedOut === value) return;
  isSignedOut = value;
  for (const listener of listeners) listener();
}
