import { lazy, Suspense } from 'react';
import { Skeletons } from '../parts/skeletons.tsx';
import { useCan } from '../session/me.ts';
import { Forbidden } from '../shell/forbidden.tsx';
import { NotFound } from '../shell/not-found.tsx';
import type { Address } from './addresses.ts';
import { PAGES, pageAt } from './pages.ts';

const scripts = new Map(
  PAGES.map((page) => [page.address, lazy(async () => ({ default: (await page.load()).Page }))] as const),
);

/** The page at an address: not found where there is none, forbidden where the role may not read what it shows. */
export function ShownPage({ address }: { readonly address: Address }) {
  const can = useCan();
  const page = pageAt(address);
  const Script = scripts.get(address);
  if (!page || !Script) return <NotFound />;
  if (!can(...page.needs)) return <Forbidden />;
  return (
    <Suspense fallback={<Skeletons />}>
      <Script />
    </Suspense>
  );
}
