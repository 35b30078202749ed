// Where this page is: the console, or the portal, which is the same build at another path.

export const isPortal = /^\/portal(\/|$)/.test(location.pathname);
export const basePath = isPortal ? '/portal' : '/console';
export const isFramed = window.parent !== window;

/** A link that was not exchanged yet, and the page that it names. */
interface GivenLink {
  readonly link: string | undefined;
  readonly origin: string | undefined;
}

/** What the fragment of the address gave, which is removed from it at once: neither history nor a copied address has it. */
export const given = takeLink();

function takeLink(): GivenLink {
  if (!isPortal) return { link: undefined, origin: undefined };
  const fragment = new URLSearchParams(location.hash.slice(1));
  const link = fragment.get('t') ?? undefined;
  if (link !== undefined) history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  return { link, origin: originOf(fragment.get('o')) };
}

function originOf(text: string | null): string | undefined {
  const url = text === null ? null : URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined;
}
