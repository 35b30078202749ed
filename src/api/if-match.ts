import type { ExpectedVersions } from '../domain/row-version.ts';
import { HttpProblem } from './problem.ts';

/** `"7"`, with or without `W/` (RFC 9110, 8.8.3). */
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
/** Of a list, empty elements are allowed (RFC 9110, 5.6.1). A comma may stand inside of a tag. */
const LIST_ELEMENT = /(?:"[^"]*"|[^,"])+/g;
const OWN_TAG = /^"([1-9]\d{0,9})"$/;

/** The ETag of a row. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Reads `If-Match` (RFC 9110, 13.1.1): the versions that it names. A weak tag, or one that is none of ours, names no version.
 *
 * @returns undefined for `*` and without the header: any version
 * @throws HttpProblem 400 when it is malformed
 */
export function expectedVersions(header: string | undefined): ExpectedVersions {
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = (header.match(LIST_ELEMENT) ?? []).map((tag) => tag.trim()).filter((tag) => tag !== '');
  if (tags.length === 0 || !tags.every((tag) => ENTITY_TAG.test(tag))) {
    throw new HttpProblem('invalid-if-match', 'If-Match must be *, or a list of ETags separated by commas, such as "7".');
  }
  return tags.flatMap((tag) => {
    const [, version] = OWN_TAG.exec(tag) ?? [];
    return version === undefined ? [] : [Number(version)];
  });
}
