interface Destination {
  write(text: string): unknown;
}

const MAX_CHARS = 64 * 1024;

/**
 * Writes the lines of one turn of the event loop together, because a system call for each costs more than making it. An exit
 * writes what is left.
 */
export class BufferedLines {
  readonly #destination: Destination;
  #lines = '';
  #scheduled: NodeJS.Immediate | undefined;

  constructor(destination: Destination) {
    this.#destination = destination;
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= MAX_CHARS) this.flush();
    else this.#scheduled ??= setImmediate(() => this.flush());
  }

  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#destination.write(lines);
  }
}
