import type { FieldError } from '../domain/json.ts';
import type { MappedBody } from '../domain/mapped-body.ts';
import type { Mapping } from '../domain/mapping.ts';
import { checkMapping, type MappingCheck } from '../domain/mapping-check.ts';
import { limitedSuggest, type Suggest } from '../domain/suggest.ts';
import { type DescribeInput, mappedBody } from './describe.ts';

/**
 * Checks mappings of subscriptions. One for all subscriptions of a request: a body that several of them have is described once, and
 * suggestions are limited to the first ten errors in all.
 */
export class MappingChecks {
  readonly #bodies = new Map<string, MappedBody>();
  readonly #near: Suggest = limitedSuggest();

  /**
   * Pointers start with `/mapping`.
   *
   * @param stored the mapping before a change
   */
  check(mapping: Mapping, input: DescribeInput, stored?: Mapping): MappingCheck {
    return checkMapping(mapping, this.#bodyOf(input), this.#near, stored);
  }

  /**
   * What makes a mapping impossible after its template or integration changed: names that collide. A rule whose field is
   * gone is not an error here: it has no effect.
   */
  collisions(mapping: Mapping, input: DescribeInput): readonly FieldError[] {
    return checkMapping(mapping, { ...this.#bodyOf(input), complete: false }, noSuggestion).errors;
  }

  #bodyOf(input: DescribeInput): MappedBody {
    const { dialect, trigger, template, options, subscription } = input;
    const fields = template?.fields.map(({ key }) => key);
    const name = JSON.stringify([dialect.name, trigger, template?.id, fields, options, subscription]);
    const body = this.#bodies.get(name) ?? mappedBody(input);
    this.#bodies.set(name, body);
    return body;
  }
}

const noSuggestion: Suggest = () => undefined;
