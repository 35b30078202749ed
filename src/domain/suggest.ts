/** A name with more edits than this is not misspelt, however long it is. */
const MAX_EDITS = 8;

/** The candidate with the fewest edits to `name`, if few enough for a spelling mistake; ties go to the first. */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let limit = Math.min(MAX_EDITS, Math.max(2, Math.floor(name.length / 3)));
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), limit);
    if (distance <= limit) {
      best = candidate;
      limit = distance - 1;
    }
  }
  return best;
}

/**
 * Levenshtein distance, one row at a time, or any number above `limit` when it is above. Only the diagonal band that can
 * stay within the limit is looked at, so that long names cost no more than short ones do per character.
 */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next: number[] = new Array(b.length + 1).fill(Number.POSITIVE_INFINITY);
    next[0] = i;
    const to = Math.min(b.length, i + limit);
    for (let j = Math.max(1, i - limit); j <= to; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, substituted);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
