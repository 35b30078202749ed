import { sendAs } from '../api/client.ts';

/** Downloads go by fetch: what the browser fetches by itself carries neither the token nor the header of the portal. */
export function downloadByFetch(): void {
  addEventListener('click', (event) => {
    const anchor = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[download]') : null;
    if (!anchor || anchor.origin !== location.origin || !anchor.pathname.startsWith('/v1/')) return;
    event.preventDefault();
    void save(anchor);
  });
}

async function save({ href, download }: HTMLAnchorElement): Promise<void> {
  const response = await sendAs(new Request(href));
  // its end is reported by the dialog that lies over the page then
  if (!response.ok) return;
  const named = /filename="?([^";]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = named ?? (download || 'download');
  link.click();
  URL.revokeObjectURL(link.href);
}
