import { useSyncExternalStore } from 'react';

// In a cookie and not in the browser's storage: before-paint.js reads it too, and frames of other sites have no storage.

const COOKIE = 'passwire-preferences';
const YEAR_S = 365 * 24 * 3600;

export interface Preferences {
  readonly scheme: 'auto' | 'light' | 'dark';
  readonly zone: 'local' | 'utc';
  readonly density: 'normal' | 'compact';
  /** Shortcuts of one key, without Ctrl or Cmd (WCAG 2.1.4). */
  readonly singleKeys: 'on' | 'off';
}

const CHOICES = {
  scheme: ['auto', 'light', 'dark'],
  zone: ['local', 'utc'],
  density: ['normal', 'compact'],
  singleKeys: ['on', 'off'],
} as const satisfies { readonly [K in keyof Preferences]: readonly Preferences[K][] };

const listeners = new Set<() => void>();
let current = read();

function read(): Preferences {
  const [, text = ''] = new RegExp(`(?:^|; )${COOKIE}=([^;]*)`).exec(document.cookie) ?? [];
  const stored = new URLSearchParams(text);
  const scheme = stored.get('scheme') ?? document.documentElement.dataset.theme;
  return {
    scheme: CHOICES.scheme.find((one) => one === scheme) ?? 'auto',
    zone: CHOICES.zone.find((one) => one === stored.get('zone')) ?? 'local',
    density: CHOICES.density.find((one) => one === stored.get('density')) ?? 'normal',
    singleKeys: CHOICES.singleKeys.find((one) => one === stored.get('singleKeys')) ?? 'on',
  };
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  const text = new URLSearchParams({ ...current }).toString();
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store needs https, and the console works without
  document.cookie = `${COOKIE}=${text}; Path=/; Max-Age=${YEAR_S}; SameSite=Strict`;
  for (const listener of listeners) listener();
}

export function preferences(): Preferences {
  return current;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribePreferences, preferences);
}

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
