// Calls between the bench and the processes that it started, over their IPC channel.

/** What a process does on request. Inputs and results are JSON. */
export type Commands = Readonly<Record<string, (input: never) => unknown>>;

export interface Call {
  readonly call: number;
  readonly command: string;
  readonly input: unknown;
}

export interface Reply {
  readonly call: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Answers calls from now on; the process lives until its channel closes. */
export function serve(commands: Commands): void {
  process.on('message', async (message) => {
    const { call, command, input } = message as Call;
    process.send?.(await replyTo(commands, call, command, input));
  });
}

async function replyTo(commands: Commands, call: number, command: string, input: unknown): Promise<Reply> {
  try {
    const run = commands[command];
    if (!run) throw new Error(`no command ${command}`);
    return { call, result: await run(input as never) };
  } catch (error) {
    return { call, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
