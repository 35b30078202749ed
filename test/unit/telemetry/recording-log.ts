/** A log whose lines a test can read. */
export class RecordingLog {
  readonly lines: { readonly level: string; readonly fields: Record<string, unknown>; readonly message: string }[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  #at(level: string) {
    return (fields: object, message: string): void => void this.lines.push({ level, fields: { ...fields }, message });
  }

  /** Level and message of each line so far; forgets them. */
  take(): string[] {
    return this.lines.splice(0).map(({ level, message }) => `${level} ${message}`);
  }
}
