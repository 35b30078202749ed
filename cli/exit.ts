/** The exit codes, for scripts. */
export const EXIT = {
  /** The API refused the request, or what was asked about failed. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** No key, an unknown key, or one whose role does not allow the call. */
  denied: 3,
  notFound: 4,
  /** The API does not answer, or cannot work at the moment: the same command may succeed later. */
  unavailable: 5,
} as const;

/** Ends the command with a message for people. */
export class CommandFailed extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
