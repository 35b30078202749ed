import { applyEdits, format } from 'jsonc-parser';

const OPTIONS = { tabSize: 2, insertSpaces: true, eol: '\n' };

/**
 * JSON with line breaks and indentation, made by edits of the text: numbers, names and their order stay as they were sent, which
 * parsing would change. Undefined for a text that is no object or list.
 */
export function formattedJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  return applyEdits(text, format(text, undefined, OPTIONS));
}
