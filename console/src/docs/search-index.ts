import MiniSearch from 'minisearch';
import type { Reference } from './document.ts';
import { GUIDES, loadGuide } from './guides.ts';
import { sectionsOf } from './sections.ts';

/** A section of a guide, or a call. */
export interface Found {
  /** Its address below `/docs`. */
  readonly id: string;
  readonly title: string;
  /** Where it stands: the guide, or method and path. */
  readonly place: string;
  readonly text: string;
}

/** @throws Error when a guide cannot be loaded */
export async function indexOf(reference: Reference): Promise<MiniSearch<Found>> {
  const index = new MiniSearch<Found>({
    fields: ['title', 'place', 'text'],
    storeFields: ['title', 'place'],
    searchOptions: {
      boost: { title: 4, place: 2 },
      prefix: true,
      fuzzy: (term) => (term.length > 5 ? 0.15 : false),
      combineWith: 'AND',
    },
  });
  const guides = await Promise.all(GUIDES.map(async (guide) => ({ ...guide, markdown: await loadGuide(guide.name) })));
  for (const { name, label, markdown } of guides) {
    index.addAll(
      sectionsOf(markdown).map(({ slug, title, level, text }) => ({
        id: level === 1 ? `/guides/${name}` : `/guides/${name}#${slug}`,
        title,
        place: label,
        text,
      })),
    );
  }
  index.addAll(
    [...reference.operations.values()].map(({ operationId, method, path, summary, description = '', parameters = [] }) => ({
      id: `/api/${operationId}`,
      title: summary,
      place: path === undefined ? operationId : `${method} ${path}`,
      text: [operationId, description, ...parameters.map(({ name }) => name)].join(' '),
    })),
  );
  return index;
}
