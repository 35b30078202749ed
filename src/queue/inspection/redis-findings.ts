import type { Finding } from '../../domain/readiness.ts';

/** The oldest Redis that Passwire runs on. */
const OLDEST = [6, 2] as const;

/** What a Redis reports about itself; undefined where it does not. */
export interface RedisFacts {
  readonly version: string | undefined;
  readonly mode: 'standalone' | 'cluster' | 'sentinel';
  readonly evictionPolicy: string | undefined;
}

type RedisFinding = Omit<Finding, 'part'>;

/** Reads the reply of INFO. */
export function readInfo(info: string): RedisFacts {
  const fields = new Map(
    info.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : [];
    }),
  );
  const mode = fields.get('redis_mode');
  const isCluster = mode === 'cluster' || fields.get('cluster_enabled') === '1';
  return {
    version: fields.get('redis_version'),
    mode: isCluster ? 'cluster' : mode === 'sentinel' ? 'sentinel' : 'standalone',
    evictionPolicy: fields.get('maxmemory_policy'),
  };
}

/** What is wrong with a Redis that answers. */
export function findingsOf(facts: RedisFacts): Finding[] {
  const wrong = [versionFinding(facts), modeFinding(facts), evictionFinding(facts)];
  return wrong.flatMap((finding) => (finding ? [{ part: 'redis', ...finding }] : []));
}

function versionFinding({ version }: RedisFacts): RedisFinding | undefined {
  if (version === undefined || isRecent(version)) return undefined;
  return {
    code: 'version',
    effect: 'blocks',
    detail: `version ${version} is too old`,
    advice: `use Redis ${OLDEST.join('.')} or newer`,
  };
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function modeFinding({ mode }: RedisFacts): RedisFinding | undefined {
  if (mode === 'standalone') return undefined;
  if (mode === 'sentinel') {
    return {
      code: 'sentinel',
      effect: 'blocks',
      detail: 'a Sentinel does not store data',
      advice: 'REDIS_URL must lead to the Redis that the Sentinel watches',
    };
  }
  return {
    code: 'cluster',
    effect: 'blocks',
    detail: 'cluster mode is not supported',
    advice: 'use a Redis with cluster-enabled no; replication and Sentinel failover are supported',
  };
}

/** A Redis that evicts drops jobs and the gate's state without an error. */
function evictionFinding({ evictionPolicy }: RedisFacts): RedisFinding | undefined {
  if (evictionPolicy === undefined || evictionPolicy === 'noeviction') return undefined;
  return {
    code: 'eviction',
    effect: 'degrades',
    detail: `the eviction policy is ${evictionPolicy}`,
    advice: 'set maxmemory-policy noeviction; otherwise a full Redis drops jobs and limits',
  };
}

/** By the first word of the error, as Redis writes it. */
const REFUSALS: Readonly<Record<string, RedisFinding>> = {
  OOM: refusedWrites('maxmemory is reached', 'raise maxmemory, or remove what else is stored in this Redis'),
  READONLY: refusedWrites('a read-only replica', 'REDIS_URL must lead to the primary'),
  MISCONF: refusedWrites('it cannot save to its disk', 'free disk space; the log of Redis has the reason'),
  NOREPLICAS: refusedWrites('too few replicas', 'start the replicas, or lower min-replicas-to-write'),
  NOPERM: refusedWrites('the user may not write', 'grant the user every command (+@all) and every key of REDIS_PREFIX'),
  WRONGPASS: login(),
  NOAUTH: login(),
};

function refusedWrites(why: string, advice: string): RedisFinding {
  return { code: 'writes-refused', effect: 'restricts', detail: `writes are refused: ${why}`, advice };
}

function login(): RedisFinding {
  return {
    code: 'login',
    effect: 'interrupts',
    detail: 'the login is refused',
    advice: 'correct the user and the password in REDIS_URL',
  };
}

/** What an error says about a Redis that did not answer, or refused a write. */
export function findingOfError(error: unknown): Finding {
  const message = error instanceof Error ? error.message : String(error);
  const [word = ''] = message.replace(/^.*?ReplyError: /, '').split(' ', 1);
  const context = { err: message };
  const refusal = REFUSALS[word];
  if (refusal) return { part: 'redis', ...refusal, context };
  return {
    part: 'redis',
    code: 'unavailable',
    effect: 'interrupts',
    detail: 'does not answer',
    advice: 'check that Redis runs and that REDIS_URL leads to it; work continues by itself once it answers',
    context,
  };
}
