import { readFileSync } from 'node:fs';

/** A fenced block of a document: ```` ```language subject ````. */
export interface Fence {
  readonly language: string;
  readonly subject: string;
  readonly code: string;
}

/** The text of a document in docs/. */
export function readManual(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
}

export function fencesOf(manual: string): readonly Fence[] {
  return [...manual.matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = '', subject = '', code = '']) => ({
    language,
    subject,
    code,
  }));
}

/** The parsed JSON of the blocks that have a subject, in their order. */
export function jsonOf<T>(manual: string, subject: string): readonly T[] {
  const found = fencesOf(manual).filter((fence) => fence.language === 'json' && fence.subject === subject);
  if (found.length === 0) throw new Error(`there is no block of "json ${subject}"`);
  return found.map(({ code }) => JSON.parse(code) as T);
}

/** The rows of every table whose first column has this heading, cell by cell, without the headings. */
export function tableOf(manual: string, heading: string): readonly (readonly string[])[] {
  const rows = tablesOf(manual, heading).flatMap(([, ...body]) => body);
  if (rows.length === 0) throw new Error(`there is no table of "${heading}"`);
  return rows;
}

/** The tables whose first column has this heading, each with its headings as first row. */
export function tablesOf(manual: string, heading: string): readonly (readonly (readonly string[])[])[] {
  return [...manual.matchAll(/^\|.*\n\|[ -|]*\n(?:\|.*\n)+/gm)]
    .map(([text]) => text.trimEnd().split('\n').map(cellsOf))
    .filter(([header]) => header?.[0] === heading)
    .map(([header = [], _rule, ...rows]) => [header, ...rows]);
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'));
}

/** What stands between backticks on one line. */
export function codesOf(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** The part of a document under a heading, up to the next heading of the same level or above. */
export function sectionOf(manual: string, heading: string): string {
  const start = manual.indexOf(`${heading}\n`);
  if (start === -1) throw new Error(`there is no section "${heading}"`);
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const rest = manual.slice(start + heading.length);
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'));
  return end === -1 ? rest : rest.slice(0, end);
}
