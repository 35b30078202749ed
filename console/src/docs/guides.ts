import { docs as text } from './strings.ts';

export interface Guide {
  /** Its path below `docs/` without the ending, as in the address: `receivers/go`. */
  readonly name: string;
  readonly label: string;
}

/** The guides in the order in which they are read. What is for the developers of Passwire is not among them. */
export const GUIDE_GROUPS: readonly { readonly label: string; readonly guides: readonly Guide[] }[] = [
  {
    label: text.groups.guides,
    guides: [
      { name: 'events', label: 'Events' },
      { name: 'dialects', label: 'Dialects' },
      { name: 'mapping', label: 'Mapping' },
      { name: 'filters', label: 'Filters' },
      { name: 'migrating', label: 'Migrating' },
      { name: 'compat', label: "The vendors' own calls" },
    ],
  },
  {
    label: text.groups.receivers,
    guides: [
      { name: 'receivers', label: 'Receiving webhooks' },
      { name: 'receivers/handler', label: 'A handler' },
      { name: 'receivers/csharp', label: 'C#' },
      { name: 'receivers/go', label: 'Go' },
      { name: 'receivers/java', label: 'Java' },
      { name: 'receivers/php', label: 'PHP' },
      { name: 'receivers/ruby', label: 'Ruby' },
    ],
  },
  {
    label: text.groups.using,
    guides: [
      { name: 'api', label: 'The API' },
      { name: 'portal', label: 'The portal' },
      { name: 'cli', label: 'The command line' },
      { name: 'support', label: 'Support' },
    ],
  },
  {
    label: text.groups.operating,
    guides: [
      { name: 'operations', label: 'Operations' },
      { name: 'configuration', label: 'Configuration' },
      { name: 'performance', label: 'Performance' },
    ],
  },
];

export const GUIDES: readonly Guide[] = GUIDE_GROUPS.flatMap(({ guides }) => guides);

const FOLDER = '../../../docs/';
const files = import.meta.glob<string>(
  ['../../../docs/**/*.md', '!../../../docs/decisions/**', '!../../../docs/architecture.md'],
  { query: '?raw', import: 'default' },
);

/** The Markdown of a guide. @throws Error when it cannot be loaded */
export async function loadGuide(name: string): Promise<string> {
  const load = files[`${FOLDER}${name}.md`];
  if (!load) throw new Error(`there is no guide "${name}"`);
  return load();
}

/** What a link to a guide is called: its label, where the guide names its file alone. */
export function labelOf(path: string, given: string): string {
  if (!given.endsWith('.md')) return given;
  return GUIDES.find(({ name }) => path === `/guides/${name}`)?.label ?? given;
}

/**
 * Where a link of a guide leads to: an address below `/docs` for another guide, the link itself for other sites, undefined for
 * files that are not shown here.
 */
export function resolveLink(from: string, link: string): { readonly path: string } | { readonly url: string } | undefined {
  if (/^https?:/.test(link)) return { url: link };
  if (link.startsWith('#')) return { path: `/guides/${from}${link}` };
  const { pathname, hash } = new URL(link, `https://docs.invalid/${from}`);
  const name = pathname.slice(1).replace(/\.md$/, '');
  return GUIDES.some((guide) => guide.name === name) ? { path: `/guides/${name}${hash}` } : undefined;
}
