import { BLANK } from '../domain/echo.ts';
import { invalid } from '../domain/errors.ts';
import type { Integration } from '../domain/integration.ts';
import { pointerTo } from '../domain/json.ts';
import type { Sealed, SecretBox } from '../domain/secret-box.ts';

export type ExtraHeaders = Readonly<Record<string, string>>;

export function sealHeaders(box: SecretBox, headers: ExtraHeaders): Sealed | undefined {
  return Object.keys(headers).length === 0 ? undefined : box.seal(JSON.stringify(headers));
}

/** Undefined when they cannot be opened. */
export function openHeaders(box: SecretBox, { headers }: Pick<Integration, 'headers'>): ExtraHeaders | undefined {
  if (!headers) return {};
  const opened = box.tryOpen(headers);
  return opened === undefined ? undefined : (JSON.parse(opened) as ExtraHeaders);
}

/** The names, each with its value blanked. */
export function blankHeaders(headers: ExtraHeaders): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, BLANK]));
}

/**
 * Replaces blanked values by the current ones, so that headers can be read, changed and sent back.
 *
 * @param present undefined when the current values cannot be opened
 * @throws Problem invalid when a blanked header has no current value
 */
export function keepBlanked(present: ExtraHeaders | undefined, given: ExtraHeaders): ExtraHeaders {
  const byName = new Map(Object.entries(present ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      if (value !== BLANK) return [name, value];
      const current = byName.get(name.toLowerCase());
      if (current !== undefined) return [name, current];
      throw invalid([
        {
          pointer: pointerTo('/headers', name),
          detail: `is ${BLANK}, but has no current value that ${present ? 'could stay' : 'can be read'}`,
        },
      ]);
    }),
  );
}
