import type { Finding } from '../../domain/readiness.ts';

/** The oldest Postgres that Passwire runs on. */
const OLDEST_MAJOR = 15;
const SHOWN_MIGRATIONS = 5;

/** What a Postgres reports about itself. */
export interface PostgresFacts {
  readonly version: string;
  /** 150018 for 15.18. */
  readonly versionNumber: number;
  /** A standby, or a primary that accepts no writes. */
  readonly readOnly: boolean;
  /** `transaction`: consecutive statements of one connection may run in different sessions. */
  readonly pooling: 'none' | 'session' | 'transaction';
  /** The migrations of this version that the database lacks. */
  readonly missingMigrations: readonly string[];
}

type PostgresFinding = Omit<Finding, 'part'>;

/** What is wrong with a Postgres that answers. */
export function findingsOf(facts: PostgresFacts): Finding[] {
  const wrong = [versionFinding(facts), poolingFinding(facts), readOnlyFinding(facts), migrationsFinding(facts)];
  return wrong.flatMap((finding) => (finding ? [{ part: 'postgres', ...finding }] : []));
}

function versionFinding({ version, versionNumber }: PostgresFacts): PostgresFinding | undefined {
  if (versionNumber >= OLDEST_MAJOR * 10_000) return undefined;
  return {
    code: 'version',
    effect: 'blocks',
    detail: `version ${version} is too old`,
    advice: `use Postgres ${OLDEST_MAJOR} or newer`,
  };
}

/** Prepared statements and session settings need a session of their own. */
function poolingFinding({ pooling }: PostgresFacts): PostgresFinding | undefined {
  if (pooling !== 'transaction') return undefined;
  return {
    code: 'transaction-pooling',
    effect: 'blocks',
    detail: 'a pooler in transaction mode is not supported',
    advice: 'connect to Postgres directly, or set pool_mode = session in PgBouncer for this database',
  };
}

function readOnlyFinding({ readOnly }: PostgresFacts): PostgresFinding | undefined {
  if (!readOnly) return undefined;
  return {
    code: 'read-only',
    effect: 'interrupts',
    detail: 'accepts no writes',
    advice: 'DATABASE_URL must lead to the primary; a standby accepts writes once it is promoted',
  };
}

function migrationsFinding({ missingMigrations }: PostgresFacts): PostgresFinding | undefined {
  const count = missingMigrations.length;
  if (count === 0) return undefined;
  return {
    code: 'migrations',
    effect: 'blocks',
    detail: `the database lacks ${count === 1 ? 'a migration' : `${count} migrations`} of this version`,
    advice: 'run npm run migrate',
    context: { missing: missingMigrations.slice(0, SHOWN_MIGRATIONS) },
  };
}

/** Conditions that no retry ends: an operator must change the settings or the server. By SQLSTATE. */
const REFUSALS: Readonly<Record<string, Omit<PostgresFinding, 'effect'>>> = {
  '3D000': {
    code: 'database-missing',
    detail: 'the database does not exist',
    advice: 'create it or correct DATABASE_URL, then run npm run migrate',
  },
  '28P01': {
    code: 'login',
    detail: 'the login is refused',
    advice: 'correct the user and the password in DATABASE_URL',
  },
  '28000': {
    code: 'login',
    detail: 'the login is refused',
    advice: 'correct DATABASE_URL (?sslmode=require where the server requires TLS), or pg_hba.conf on the server',
  },
};

const TLS_FAILURE = /^(ERR_(TLS|SSL)_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(VERIFY|GET)_|CERT_|HOSTNAME_MISMATCH)/;
const TLS_REFUSED_MESSAGE = /does not support SSL connections/;

/** What an error says about a Postgres that could not be inspected. Without a cause that is known, it is unavailable. */
export function findingOfError(error: unknown): Finding {
  const { code = '', message = String(error) } = error as { readonly code?: string; readonly message?: string };
  const context = { err: message };
  const refusal = REFUSALS[code];
  if (refusal) return { part: 'postgres', effect: 'blocks', ...refusal, context };
  if (TLS_FAILURE.test(code) || TLS_REFUSED_MESSAGE.test(message)) {
    return {
      part: 'postgres',
      code: 'tls',
      effect: 'blocks',
      detail: 'the TLS connection is refused',
      advice: 'correct sslmode and sslrootcert in DATABASE_URL, or the certificate of the server',
      context,
    };
  }
  return {
    part: 'postgres',
    code: 'unavailable',
    effect: 'interrupts',
    detail: 'does not answer',
    advice: 'check that Postgres runs and that DATABASE_URL leads to it; work continues by itself once it answers',
    context,
  };
}
