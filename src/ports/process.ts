/** Unix milliseconds. Only for ids and for what people read: the database's clock decides what is due. */
export type Clock = () => number;
/** A number in [0, 1). */
export type Random = () => number;

export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
