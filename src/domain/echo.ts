import type { BrokenOff, ReceivedResponse, SendOutcome } from './attempt.ts';

/** Shown instead of a value that may be a credential. */
export const BLANK = '***';

/** Shorter values are no credentials, and blanking them would make responses unreadable. */
const MIN_LENGTH = 8;

/**
 * Receivers and the gateways before them sometimes repeat a request's headers in the response. Returns a function that blanks
 * the given values, of 8 characters or more, in everything of an outcome that is stored: response headers, body and detail.
 * A value is found as it was sent, escaped in JSON or in a URL, without its authentication scheme, and where the end of the
 * stored text cuts it.
 */
export function echoRemover(values: readonly string[]): <T extends SendOutcome | BrokenOff>(outcome: T) => T {
  const forms = [...new Set(values.flatMap((value) => formsOf(value.trim())))].filter(({ length }) => length >= MIN_LENGTH);
  forms.sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (outcome) => outcome;
  const text = (value: string) => blankWhole(value, forms);
  const received = ({ status, headers, body }: ReceivedResponse): ReceivedResponse => ({
    status,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, blankHeader(value, forms)])),
    body: { ...body, text: body.truncated ? blankCut(body.text, forms) : text(body.text) },
  });
  return (outcome) => {
    if (outcome.kind === 'response') return { ...outcome, ...received(outcome) };
    return {
      ...outcome,
      ...('detail' in outcome && { detail: text(outcome.detail) }),
      ...(outcome.received && { received: received(outcome.received) }),
    };
  };
}

const AUTHENTICATION = /^(?:basic|bearer|token) +(.+)$/i;

function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const credential = AUTHENTICATION.exec(value)?.[1];
  return [value, json, json.replaceAll('/', '\\/'), encodeURIComponent(value), ...(credential ? formsOf(credential) : [])];
}

function blankWhole(text: string, forms: readonly string[]): string {
  return forms.reduce((blanked, form) => blanked.replaceAll(form, BLANK), text);
}

/** A header's value that was cut for storage ends with an ellipsis. */
function blankHeader(value: string, forms: readonly string[]): string {
  return value.endsWith('…') ? `${blankCut(value.slice(0, -1), forms)}…` : blankWhole(value, forms);
}

/** For a text that was cut: its end may be the beginning of a value. */
function blankCut(text: string, forms: readonly string[]): string {
  const blanked = blankWhole(text, forms);
  for (const form of forms) {
    const beginning = form.slice(0, MIN_LENGTH);
    const from = Math.max(0, blanked.length - form.length + 1);
    for (let at = blanked.indexOf(beginning, from); at >= 0; at = blanked.indexOf(beginning, at + 1)) {
      if (form.startsWith(blanked.slice(at))) return `${blanked.slice(0, at)}${BLANK}`;
    }
  }
  return blanked;
}
