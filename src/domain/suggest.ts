/** A name with more edits than this is not misspelt, however long it is. */
const MAX_EDITS = 8;
/** Names longer than this are compared by their beginning: a longer one is not a misspelt word. */
const MAX_LENGTH = 256;
/** Finding a name that is spelt alike is slow: after so many, further errors of a request get none. */
const MAX_SUGGESTIONS = 10;

/**
 * The candidate with the fewest edits to `name`, if few enough for a spelling mistake; ties go to the first. What both have in common
 * up to the last dot or slash does not count: `pass.redeemed` is not near `pass.refreshed`.
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.slice(0, MAX_LENGTH).toLowerCase();
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of new Set(candidates)) {
    const known = candidate.slice(0, MAX_LENGTH).toLowerCase();
    const from = commonPath(wanted, known);
    const limit = Math.min(allowedEdits(wanted.length - from), fewest - 1);
    if (limit < 0) continue;
    const distance = editDistance(wanted.slice(from), known.slice(from), limit);
    if (distance > limit) continue;
    best = candidate;
    fewest = distance;
  }
  return best;
}

/** `suggest`, with candidates that are collected only if it is going to be used. */
export type Suggest = (name: string, candidates: () => readonly string[]) => string | undefined;

/** Makes suggestions for the errors of one request: for the first ten only. */
export function limitedSuggest(): Suggest {
  let left = MAX_SUGGESTIONS;
  return (name, candidates) => {
    if (left === 0) return undefined;
    left -= 1;
    return suggest(name, candidates());
  };
}

function allowedEdits(length: number): number {
  return Math.min(MAX_EDITS, Math.max(1, Math.floor(length / 3)));
}

/** How many characters two names share up to a dot or slash. */
function commonPath(a: string, b: string): number {
  let common = 0;
  for (let at = 0; at < a.length && a[at] === b[at]; at++) if (a[at] === '.' || a[at] === '/') common = at + 1;
  return common;
}

/**
 * Edits from one name to the other (letters inserted, deleted, replaced or swapped with their neighbour), one row at a time, or any
 * number above `limit` when it is above. Only the diagonal band that can stay within the limit is looked at, so that long names
 * cost no more than short ones do per character.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let last: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next: number[] = new Array(b.length + 1).fill(Number.POSITIVE_INFINITY);
    next[0] = i;
    let least = i;
    const to = Math.min(b.length, i + limit);
    for (let j = Math.max(1, i - limit); j <= to; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwapped ? (last[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      const edits = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted, swapped);
      next[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > limit + 1) return Number.POSITIVE_INFINITY;
    last = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
