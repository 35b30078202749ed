export interface Page<T> {
  readonly data: readonly T[];
  /** Opaque; undefined on the last page. */
  readonly nextCursor: string | undefined;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor: string | undefined;
}
