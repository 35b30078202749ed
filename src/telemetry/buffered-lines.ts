interface Destination {
  write(text: string): unknown;
}

/** How long a line may wait for others; a process that is killed loses as much. */
const WAIT_MS = 20;
const MAX_CHARS = 64 * 1024;

/** Writes lines together, because a system call for each costs more than making it. An exit writes what is left. */
export class BufferedLines {
  readonly #destination: Destination;
  #lines = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(destination: Destination) {
    this.#destination = destination;
    process.on('exit', () => this.flush());
  }

  write(line: string): void {
    this.#lines += line;
    if (this.#lines.length >= MAX_CHARS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines === '') return;
    const lines = this.#lines;
    this.#lines = '';
    this.#destination.write(lines);
  }
}
