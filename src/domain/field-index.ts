import type { KnownField } from './mapped-body.ts';
import { tokensOf } from './pointer.ts';
import type { Suggest } from './suggest.ts';

/** The fields of a body, found by path and by name without looking at each: a mapping may have a thousand rules. */
export class FieldIndex {
  readonly #fields: readonly KnownField[];
  readonly #byPath: ReadonlyMap<string, KnownField>;
  /** The first field of each last name. */
  readonly #byLastName = new Map<string, KnownField>();

  constructor(fields: readonly KnownField[]) {
    this.#fields = fields;
    this.#byPath = new Map(fields.map((field) => [field.path, field]));
    for (const field of fields) {
      const name = lastName(field.path);
      if (!this.#byLastName.has(name)) this.#byLastName.set(name, field);
    }
  }

  has(path: string): boolean {
    return this.#byPath.has(path);
  }

  isList(path: string): boolean {
    return this.#byPath.get(path)?.type === 'array';
  }

  /** A field of the same last name elsewhere in the body, else the one whose last name is spelt most alike, in the same object first. */
  meant(path: string, near: Suggest): string | undefined {
    const last = lastName(path);
    const elsewhere = this.#byLastName.get(last);
    if (elsewhere) return elsewhere.name;
    const parent = parentPath(path);
    let candidates: readonly KnownField[] = [];
    const word = near(last, () => {
      candidates = [...this.#fields.filter((field) => parentPath(field.path) === parent), ...this.#fields];
      return candidates.map((field) => lastName(field.path));
    });
    return word === undefined ? undefined : candidates.find((field) => lastName(field.path) === word)?.name;
  }
}

function lastName(path: string): string {
  return tokensOf(path.slice(path.lastIndexOf('/'))).at(-1) ?? '';
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
