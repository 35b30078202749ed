/** The query of an address: texts, as they stand in the address bar. A name that is repeated counts once. */
export type Query = Readonly<Record<string, string>>;

export function parseQuery(text: string): Query {
  return Object.fromEntries(new URLSearchParams(text));
}

/** Leaves out what is empty or undefined, so that an address has no more than it needs. */
export function writeQuery(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  // commas and colons need no escape, and lists and instants stay readable
  return text === '' ? '' : `?${text.replaceAll('%2C', ',').replaceAll('%3A', ':')}`;
}
