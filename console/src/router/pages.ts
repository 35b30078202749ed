import type { Address } from './addresses.ts';
import type { Page } from './page.ts';

const modules = import.meta.glob<{ readonly page: Page }>('../pages/*/page.ts', { eager: true });

/** The pages that are there: one for each folder of `pages/`. */
export const PAGES: readonly Page[] = Object.values(modules).map(({ page }) => page);

export function pageAt(address: Address): Page | undefined {
  return PAGES.find((page) => page.address === address);
}
