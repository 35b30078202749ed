/** How long rows are kept, in days. Undefined: for ever. */
export interface Retention {
  /** Events, deliveries and attempts. */
  readonly days: number | undefined;
  readonly deadLetterDays: number | undefined;
}
