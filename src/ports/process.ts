/** Unix milliseconds. Only for what people read and for ids: what is due is decided by the database's clock. */
export type Clock = () => number;
/** A number in [0, 1). */
export type Random = () => number;

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
