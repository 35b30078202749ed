import { Unavailable } from '../domain/errors.ts';

/** What a try at finding out an error's nature goes by. Every part may be missing. */
interface ErrorParts {
  readonly code?: unknown;
  readonly kind?: unknown;
  readonly originalCode?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** Class 08: connection exceptions. */
const CONNECTION_CLASS = '08';
const UNIQUE_VIOLATION = '23505';
const LOCK_TIMEOUT = '55P03';

/** Codes that speak of the server's or the connection's state, not of the statement. */
const UNAVAILABLE_CODES = new Set([
  // SQLSTATE (Postgres, appendix A)
  '25006', // read-only: the connection leads to a standby, after a failover
  '53300', // too many connections
  LOCK_TIMEOUT,
  '57014', // statement_timeout: the server is overloaded, or hangs on its disk
  '57P01', // shut down by an administrator
  '57P02', // crashed
  '57P03', // starting up or shutting down
  '57P05', // idle session ended
  // the socket's
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the Unix socket of a server that is not running
  // Prisma's
  'P2028', // a transaction did not begin in time, or took longer than it may
]);

/** How Prisma's adapter names what happened on the socket. */
const UNAVAILABLE_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);

/** pg gives these no code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable|Cannot use a pool after calling end)/;

/** True when an error of Prisma, its adapter or pg means that Postgres is away, out of connections or out of time. */
function isUnavailability(error: unknown): boolean {
  return causesOf(error).some(
    ({ kind, message, ...parts }) =>
      codesOf(parts).some(
        (code) => UNAVAILABLE_CODES.has(code) || (code.length === 5 && code.startsWith(CONNECTION_CLASS)),
      ) ||
      (typeof kind === 'string' && UNAVAILABLE_KINDS.has(kind)) ||
      (typeof message === 'string' && UNAVAILABLE_MESSAGES.test(message)),
  );
}

/** True when a lock was not to be had within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return causesOf(error).some((parts) => codesOf(parts).includes(LOCK_TIMEOUT));
}

/** An error, its cause, the cause of that, and so on. */
function causesOf(error: unknown): ErrorParts[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, kind, originalCode, message, cause } = error as ErrorParts;
  return [{ code, kind, originalCode, message }, ...causesOf(cause)];
}

function codesOf({ code, originalCode }: ErrorParts): string[] {
  return [code, originalCode].filter((one) => typeof one === 'string');
}

/** The error to throw instead: `Unavailable` when Postgres is away, else the error itself. */
export function translated(error: unknown): unknown {
  if (error instanceof Unavailable) return error;
  return isUnavailability(error) ? new Unavailable('Postgres', { cause: error }) : error;
}

/** The name of the unique index that a statement violated (`templates_tenant_id_external_id_key`), else undefined. */
export function violatedIndex(error: unknown): string | undefined {
  const meta = (error as { readonly meta?: { readonly driverAdapterError?: ErrorParts } } | undefined)?.meta;
  const cause = meta?.driverAdapterError?.cause as
    | { readonly originalCode?: unknown; readonly constraint?: { readonly index?: string } }
    | undefined;
  return cause?.originalCode === UNIQUE_VIOLATION ? cause.constraint?.index : undefined;
}
