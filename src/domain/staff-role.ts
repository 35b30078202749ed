/** The roles that people of the operator's staff have. */
export type StaffRole = 'admin' | 'support';

/** Which values of a claim give which role. */
export interface RoleRule {
  /** The claim's name; dots lead into objects (`realm_access.roles`) unless a claim has the whole name. */
  readonly claim: string;
  readonly admin: readonly string[];
  readonly support: readonly string[];
}

/** The role that claims give: admin where both match; undefined where none does. */
export function staffRoleOf(claims: Readonly<Record<string, unknown>>, rule: RoleRule): StaffRole | undefined {
  const value = claimOf(claims, rule.claim);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const has = (wanted: readonly string[]) => wanted.some((one) => values.includes(one));
  return has(rule.admin) ? 'admin' : has(rule.support) ? 'support' : undefined;
}

/** The value of a claim; undefined: there is none. */
export function claimOf(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((value, member) => {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, member);
    return isObject ? (value as Readonly<Record<string, unknown>>)[member] : undefined;
  }, claims);
}
