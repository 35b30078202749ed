import { Overloaded, Unavailable } from '../domain/errors.ts';

/** The properties that classify an error. Each may be missing. */
interface ErrorParts {
  readonly code?: unknown;
  readonly kind?: unknown;
  readonly originalCode?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
}

/** Class 08: connection exceptions. */
const CONNECTION_CLASS = '08';
/** Class 53: no disk space, memory or connection left. */
const RESOURCES_CLASS = '53';
const UNIQUE_VIOLATION = '23505';
const LOCK_TIMEOUT = '55P03';
/** statement_timeout. The server answers: one statement took too long. */
const STATEMENT_TIMEOUT = '57014';
/** Prisma's own: a transaction did not begin in time, or exceeded its timeout. */
const TRANSACTION_TIMEOUT = 'P2028';

/** Codes for a failure of the server or the connection, not of the statement. */
const UNAVAILABLE_CODES = new Set([
  // SQLSTATE (Postgres documentation, appendix A)
  '28000', // the login is refused; the readiness names the cause
  '28P01', // wrong password
  '3D000', // the database does not exist
  '25006', // read-only: the connection leads to a standby, after a failover
  LOCK_TIMEOUT,
  '57P01', // shut down by an administrator
  '57P02', // crashed
  '57P03', // starting up or shutting down
  '57P05', // idle session ended
  '58030', // its disk does not respond
  // sockets
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // no Unix socket: the server is not running
]);

/** Kinds of connection error in Prisma's adapter. */
const UNAVAILABLE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'AuthenticationFailed',
  'DatabaseDoesNotExist',
  'DatabaseAccessDenied',
  'TlsConnectionError',
]);

/** Messages of pg's errors that have no code. */
const UNAVAILABLE_MESSAGES =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable|Cannot use a pool after calling end)/;

/** True when an error from Prisma, its adapter or pg means that Postgres is unreachable, out of connections or timed out. */
function isUnavailability(error: unknown): boolean {
  return causesOf(error).some(
    ({ kind, message, ...parts }) =>
      codesOf(parts).some(
        (code) => UNAVAILABLE_CODES.has(code) || isOfClass(code, CONNECTION_CLASS) || isOfClass(code, RESOURCES_CLASS),
      ) ||
      (typeof kind === 'string' && UNAVAILABLE_KINDS.has(kind)) ||
      (typeof message === 'string' && UNAVAILABLE_MESSAGES.test(message)),
  );
}

function isOfClass(code: string, sqlstateClass: string): boolean {
  return code.length === 5 && code.startsWith(sqlstateClass);
}

/** True when a lock could not be acquired within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return hasCode(error, LOCK_TIMEOUT);
}

/** The error and its chain of causes. */
function causesOf(error: unknown): ErrorParts[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, kind, originalCode, message, cause } = error as ErrorParts;
  return [{ code, kind, originalCode, message }, ...causesOf(cause)];
}

function codesOf({ code, originalCode }: ErrorParts): string[] {
  return [code, originalCode].filter((value) => typeof value === 'string');
}

/** True when the server broke a statement off because it took too long. */
export function isStatementTimeout(error: unknown): boolean {
  return hasCode(error, STATEMENT_TIMEOUT);
}

/** Returns `Unavailable` when Postgres is unavailable, `Overloaded` when it is too slow, otherwise the error itself. */
export function translateError(error: unknown): unknown {
  if (error instanceof Unavailable) return error;
  if (isStatementTimeout(error)) return new Overloaded('Postgres took too long over a statement', { cause: error });
  if (isUnavailability(error)) return new Unavailable('Postgres', { cause: error });
  if (hasCode(error, TRANSACTION_TIMEOUT))
    return new Overloaded('Postgres took too long over a transaction', { cause: error });
  return error;
}

function hasCode(error: unknown, code: string): boolean {
  return causesOf(error).some((parts) => codesOf(parts).includes(code));
}

/** The name of the violated unique index (`templates_tenant_id_external_id_key`); undefined for any other error. */
export function violatedIndex(error: unknown): string | undefined {
  const meta = (error as { readonly meta?: { readonly driverAdapterError?: ErrorParts } } | undefined)?.meta;
  const cause = meta?.driverAdapterError?.cause as
    | { readonly originalCode?: unknown; readonly constraint?: { readonly index?: string } }
    | undefined;
  return cause?.originalCode === UNIQUE_VIOLATION ? cause.constraint?.index : undefined;
}
