import { Problem } from './errors.ts';

/** A row with a version, which every change of the row raises, those of the system too. */
export interface Versioned {
  readonly version: number;
}

/** The versions that a change may start from; undefined: any. */
export type ExpectedVersions = readonly number[] | undefined;

/** @throws Problem precondition when the row has another version */
export function requireVersion(expected: ExpectedVersions, { version }: Versioned): void {
  if (expected === undefined || expected.includes(version)) return;
  const detail = `The current version is ${version}, and If-Match names another. Read the object again, then repeat the change.`;
  throw new Problem('precondition', 'version-mismatch', detail);
}
