import { ID_PREFIXES, type IdKind } from '../domain/id.ts';

/** One id of each kind, the same throughout the examples of the API's document. */
export const EXAMPLE_IDS = Object.fromEntries(
  Object.entries(ID_PREFIXES).map(([kind, prefix], index) => [
    kind,
    `${prefix}_019bc1a3-0e00-7000-8000-${String(index + 1).padStart(12, '0')}`,
  ]),
) as Readonly<Record<IdKind, string>>;
