import { type DescribeInput, describe } from '../dialects/describe.ts';
import type { FieldError } from '../domain/json.ts';
import type { Mapping } from '../domain/mapping.ts';
import { checkMapping } from '../domain/mapping-check.ts';

/** What makes a mapping impossible: names that collide. A rule whose field went away harms nothing and is not among it. */
export function collisionsOf(mapping: Mapping, input: DescribeInput): readonly FieldError[] {
  const { dialect, trigger, subscription } = input;
  const { errors } = checkMapping(mapping, {
    fields: describe(input),
    openContainers: dialect.openContainers,
    complete: false,
    reservedNames: dialect.reservedNames?.(subscription ?? {}) ?? [],
    passIdPaths: dialect.passIdPaths(trigger),
  });
  return errors;
}
