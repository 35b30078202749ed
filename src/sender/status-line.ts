/** The status line of a final response (not 1xx), as it stands in the bytes of a connection. */
export interface FinalStatus {
  readonly status: number;
  /** Where the line starts. */
  readonly offset: number;
}

/** More lenient than RFC 9112, 4: several spaces, and a line that ends with LF alone. */
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? +(\d{3})(?:[ \t][^\r\n]*)?\r?$/;

/**
 * Finds the final status line in the bytes that a receiver sent, after any informational responses. Undefined when the line
 * is not complete, is malformed, or is that of a protocol switch (101), which no request asks for.
 */
export function finalStatusIn(bytes: Buffer): FinalStatus | undefined {
  const text = bytes.toString('latin1');
  for (let offset = startOfLine(text, 0); ; ) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return undefined;
    const status = Number(STATUS_LINE.exec(text.slice(offset, end))?.[1] ?? 0);
    if (status >= 200) return { status, offset };
    if (status < 100 || status === 101) return undefined;
    const next = endOfHead(text, end);
    if (next === undefined) return undefined;
    offset = startOfLine(text, next);
  }
}

/** Skips empty lines, as Node's parser does. */
function startOfLine(text: string, from: number): number {
  let at = from;
  while (text[at] === '\r' || text[at] === '\n') at++;
  return at;
}

/** The position after the empty line that ends a head; undefined when it has not arrived. */
function endOfHead(text: string, from: number): number | undefined {
  const end = /\n\r?\n/g;
  end.lastIndex = from;
  return end.test(text) ? end.lastIndex : undefined;
}
