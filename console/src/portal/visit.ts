import type { Schemas } from '../../../client/index.ts';
import { api, dataOf, setPortalToken } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { reportSignedIn } from '../api/signed-out.ts';
import { given, isFramed } from './place.ts';

type Me = Schemas['Me'];

const ME = ['me'];
/** A new token is asked for so long before the end, or half-way where it lasts a short time. */
const EARLY_MS = 2 * 60_000;
const ASK_AGAIN_MS = 10_000;

let link = given.link;
/** The one page that is asked for tokens, and from which they are taken. */
let origin = given.origin;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Whether the page around the frame is asked for a new token before the visit ends. */
export function isRenewed(): boolean {
  return isFramed && origin !== undefined;
}

/** Who visits: a link that was given is exchanged first. @throws ApiError 401 when there is no visit, 409 for a used link */
export function visitor(): Promise<Me> {
  const unused = link;
  link = undefined;
  return unused === undefined ? dataOf(api.GET('/v1/me')) : exchange(unused);
}

async function exchange(text: string): Promise<Me> {
  const { token, me } = await dataOf(
    api.POST('/v1/portal-tokens', {
      params: { header: { 'x-passwire-portal': '1' } },
      body: { link: text, as: isFramed ? 'bearer' : 'cookie' },
    }),
  );
  setPortalToken(token ?? undefined);
  origin = me.portal?.origin ?? undefined;
  if (isRenewed() && me.expiresInMs !== null) askIn(Math.max(me.expiresInMs - EARLY_MS, me.expiresInMs / 2));
  return me;
}

function askIn(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(askForToken, ms);
}

/** Asks the page around the frame for a new link, until it gives one. */
export function askForToken(): void {
  if (!isRenewed()) return;
  window.parent.postMessage({ type: 'passwire:token-needed' }, origin ?? '');
  askIn(ASK_AGAIN_MS);
}

/** Listens to the page around the frame. */
export function awaitTokens(): void {
  if (!isFramed) return;
  addEventListener('message', ({ origin: from, source, data }: MessageEvent<unknown>) => {
    if (from !== origin || source !== window.parent || !isAnswer(data)) return;
    clearTimeout(timer);
    void renew(data.link);
  });
}

async function renew(text: string): Promise<void> {
  try {
    const before = queryClient.getQueryData<Me | null>(ME);
    const me = await exchange(text);
    const isOther = before?.tenant?.id !== me.tenant?.id;
    queryClient.setQueryData(ME, me);
    reportSignedIn();
    // what failed without a token is loaded again, and nothing of another tenant stays
    if (before === undefined || before === null || isOther) await queryClient.resetQueries({ predicate: isNotMe });
    else await queryClient.invalidateQueries({ predicate: isNotMe });
  } catch {
    // a link that does not work is as none: the page is asked again
    askIn(ASK_AGAIN_MS);
  }
}

function isNotMe({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean {
  return queryKey[0] !== ME[0];
}

function isAnswer(data: unknown): data is { readonly link: string } {
  if (typeof data !== 'object' || data === null) return false;
  const { type, link: text } = data as { readonly type?: unknown; readonly link?: unknown };
  return type === 'passwire:token' && typeof text === 'string';
}
