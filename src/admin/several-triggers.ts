import { invalid, Problem } from '../domain/errors.ts';
import type { FieldError } from '../domain/json.ts';
import type { Subscription } from '../domain/subscription.ts';
import type { Trigger } from '../domain/trigger.ts';

/** A trigger, with the JSON Pointer of what names it in the request. */
interface NamedTrigger {
  readonly trigger: Trigger;
  readonly at: string;
}

/** The triggers of a new subscription: exactly one of `trigger` and `triggers` names them. @throws Problem invalid */
export function triggersOf(input: {
  readonly trigger?: Trigger | undefined;
  readonly triggers?: readonly Trigger[] | undefined;
}): readonly NamedTrigger[] {
  const { trigger, triggers } = input;
  if (trigger !== undefined && triggers !== undefined) {
    throw invalid([{ pointer: '/triggers', detail: 'must be left out when there is a trigger' }]);
  }
  if (triggers) return triggers.map((one, index) => ({ trigger: one, at: `/triggers/${index}` }));
  if (trigger === undefined) throw invalid([{ pointer: '/trigger', detail: 'is required, or triggers' }]);
  return [{ trigger, at: '/trigger' }];
}

/** Makes a subscription for each trigger. @throws Problem invalid, with the errors of all triggers */
export function forEachTrigger(
  triggers: readonly NamedTrigger[],
  make: (trigger: Trigger) => Subscription,
): readonly { readonly subscription: Subscription; readonly at: string }[] {
  const errors: FieldError[] = [];
  const made = triggers.flatMap(({ trigger, at }) => {
    try {
      return [{ subscription: make(trigger), at }];
    } catch (error) {
      if (!(error instanceof Problem) || error.kind !== 'invalid') throw error;
      const about = triggers.length > 1 ? ` (for ${trigger})` : '';
      errors.push(...error.fields.map((field) => aboutTrigger(field, at, about)));
      return [];
    }
  });
  if (errors.length > 0) throw invalid(errors);
  return made;
}

function aboutTrigger({ pointer, detail }: FieldError, at: string, about: string): FieldError {
  return pointer === '/trigger' ? { pointer: at, detail } : { pointer, detail: `${detail}${about}` };
}
