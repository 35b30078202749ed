import { mentions } from '../../domain/erasure.ts';
import { toUuid } from '../../domain/id.ts';
import type { AnswerCursor, RunningErasure } from '../../ports/erasures.ts';
import type { Database } from '../database.ts';
import { Prisma } from '../generated/client.ts';
import { countStep } from './count-step.ts';

/** Answers read by one statement. They are stored for 24 hours. */
const CHUNK = 2_000;
/** Requests whose answers show what was rendered from an event, with or without the id of its pass. */
const RENDERING = '(preview|infer|describe|test)$';

/** What a repeated request gets instead of an erased answer: it must not be carried out a second time. */
export interface AnswerReplacement {
  readonly status: number;
  readonly body: string;
}

/** Walks through the stored answers of all keys that may act for the tenant. kept_answers_pkey */
export async function eraseAnswers(
  db: Database,
  erasure: RunningErasure,
  quoted: readonly string[],
  replacement: AnswerReplacement,
  cursor: AnswerCursor | undefined,
): Promise<AnswerCursor | undefined> {
  const needles = quoted.map((id) => JSON.stringify(id).slice(1, -1));
  const quotes = Prisma.join(
    needles.map((needle) => Prisma.sql`position(${needle} IN body) > 0`),
    ' OR ',
  );
  const rows = await db.$queryRaw<{ scope: string; key: string; body: string | null; renders: boolean }[]>`
    SELECT scope, key, CASE WHEN ${quotes} THEN body END AS body, coalesce(scope ~ ${RENDERING}, false) AS renders
    FROM kept_answers
    WHERE (scope, key) > (${cursor?.scope ?? ''}, ${cursor?.key ?? ''})
    ORDER BY scope, key LIMIT ${CHUNK}`;
  const chosen = rows.filter(({ body, renders }) => renders || (body !== null && mentions(body, needles)));
  if (chosen.length > 0) await replace(db, erasure, chosen, replacement);
  const last = rows.at(-1);
  return last && rows.length === CHUNK ? { scope: last.scope, key: last.key } : undefined;
}

/** The scope begins with the caller: an API key, or the configured one, which is bound to no tenant. */
async function replace(
  db: Database,
  erasure: RunningErasure,
  chosen: readonly AnswerCursor[],
  { status, body }: AnswerReplacement,
): Promise<void> {
  const rows = JSON.stringify(chosen.map(({ scope, key }) => ({ scope, key })));
  await countStep(db, erasure, async (tx) => {
    const erased = await tx.$executeRaw`
      UPDATE kept_answers k SET status = ${status}, body = ${body}
      FROM json_to_recordset(${rows}::json) AS c (scope text, key text)
      WHERE k.scope = c.scope AND k.key = c.key AND k.status <> ${status}
        AND k.began_at <= ${erasure.createdAt}
        AND NOT EXISTS (
          SELECT FROM api_keys a WHERE k.scope LIKE 'key_' || a.id || ' %' AND a.tenant_id <> ${toUuid(erasure.tenantId)}::uuid)`;
    return erased > 0 ? { counts: { keptAnswers: erased } } : undefined;
  });
}
