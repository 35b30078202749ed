import type { TenantId } from '../domain/id.ts';
import { type Recognised, recognise } from '../domain/search-query.ts';
import type { Hit, SearchStore } from '../ports/search.ts';

export interface Found {
  /** What the hits were found by; of no hits, what the text was taken for first. */
  readonly recognisedAs: Recognised['as'];
  readonly hits: readonly Hit[];
}

/**
 * Finds what a pasted text belongs to. A body or a line of a log holds several ids: the first that leads to something counts.
 *
 * @param tenantId undefined: in all tenants
 */
export async function search(
  { searches }: { readonly searches: SearchStore },
  pasted: string,
  tenantId: TenantId | undefined,
  most: number,
): Promise<Found> {
  const recognised = recognise(pasted);
  for (const query of recognised) {
    const hits = await searches.find(query, tenantId, most);
    if (hits.length > 0) return { recognisedAs: query.as, hits };
  }
  return { recognisedAs: recognised[0]?.as ?? 'text', hits: [] };
}
