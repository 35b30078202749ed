/** A field that a body is known to have. */
export interface KnownField {
  /** As a mapping names it. */
  readonly name: string;
  /** JSON Pointer in the body before the mapping. */
  readonly path: string;
  readonly type: 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';
}

/** What a mapping is checked against. */
export interface MappedBody {
  readonly fields: readonly KnownField[];
  /** JSON Pointers of objects whose member names are not known beforehand. */
  readonly openContainers: readonly string[];
  /** JSON Pointers that the format needs: none is renamed, and only the optional ones are removed. */
  readonly envelope: { readonly required: readonly string[]; readonly optional: readonly string[] };
  /** False when the template is not known, and so not every field. */
  readonly complete: boolean;
  /** Top-level names that no field may be given. */
  readonly reservedNames: readonly string[];
  /** JSON Pointers of where the body shows the pass's id. */
  readonly passIdPaths: readonly string[];
}

/** One rule of a mapping: a field, where the mapping names it, and its new name (undefined: removed). */
export interface MappingRule {
  readonly at: string;
  readonly field: string;
  readonly path: string;
  readonly target: string | undefined;
}
