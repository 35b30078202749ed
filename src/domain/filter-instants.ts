const INSTANTS = ['after', 'before', 'attemptedAfter', 'attemptedBefore'] as const;

/** A filter that was JSON in between: its instants are Dates again. */
export function withInstants(filter: object): object {
  const given: Readonly<Record<string, unknown>> = { ...filter };
  const instants = INSTANTS.flatMap((name) => {
    const text = given[name];
    return typeof text === 'string' ? [[name, new Date(text)] as const] : [];
  });
  return { ...given, ...Object.fromEntries(instants) };
}
