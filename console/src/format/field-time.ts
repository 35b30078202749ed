// Instants in fields of the browser (`datetime-local`), which have no zone of their own.

/** An instant as such a field has it: `2026-11-24T10:00:00`. Empty for what is none. */
export function toFieldTime(instant: string | undefined, zone: 'local' | 'utc'): string {
  const at = new Date(instant ?? '');
  if (Number.isNaN(at.getTime())) return '';
  const shifted = zone === 'utc' ? at : new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}

/** The instant of such a field, in UTC. Undefined when it is empty. */
export function fromFieldTime(text: string, zone: 'local' | 'utc'): string | undefined {
  if (text === '') return undefined;
  const at = new Date(zone === 'utc' ? `${text}Z` : text);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
