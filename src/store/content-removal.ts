import type { ContentRemoval, RemovalReason } from '../domain/content-removal.ts';
import { Prisma } from './generated/client.ts';

// What removes content from rows that stay: retention of bodies, and erasures.

export interface RemovalColumns {
  readonly removed_as: string | null;
  readonly removed_at: Date | null;
}

export function removalOf({ removed_as, removed_at }: RemovalColumns): ContentRemoval | undefined {
  if (removed_as === null || removed_at === null) return undefined;
  return { reason: removed_as as RemovalReason, at: removed_at };
}

/** The columns to set on events, deliveries and dead letters. */
export function markRemoved(reason: RemovalReason): Prisma.Sql {
  return Prisma.sql`removed_as = ${reason}, removed_at = now()`;
}

const BARE_ANSWER = `'{"headers": {}, "body": {"text": "", "truncated": true}}'::jsonb`;

/**
 * What is left of an attempt: what kind of outcome it had, its status and timings. Without what was received, and without the words for
 * why a body could not be built, which may quote the event.
 *
 * @param outcome an expression of the type json; a constant of the caller, never input
 */
function bareOutcome(outcome: string): string {
  return `CASE ${outcome}->>'kind'
    WHEN 'response' THEN (${outcome}::jsonb || ${BARE_ANSWER})::json
    WHEN 'unbuildable' THEN json_build_object('kind', 'unbuildable', 'reason', 'no longer stored')
    ELSE (CASE WHEN ${outcome}::jsonb ? 'received'
      THEN jsonb_set(${outcome}::jsonb, '{received}', (${outcome}::jsonb -> 'received') || ${BARE_ANSWER}) ELSE ${outcome}::jsonb END)::json
  END`;
}

/** Headers may carry the pass (CloudEvents' `ce-subject`). */
function bareRequest(request: string): string {
  return `CASE WHEN ${request} IS NULL THEN NULL
    ELSE json_build_object('method', ${request}->>'method', 'url', ${request}->>'url', 'headers', '{}'::json) END`;
}

/** Sets the columns of a row of `attempts`. */
export const STRIP_ATTEMPT = Prisma.raw(`outcome = ${bareOutcome('outcome')}, request = ${bareRequest('request')}`);

/** Sets `last_attempt` of a dead letter. Members that are absent stay absent. */
export const STRIP_LAST_ATTEMPT = Prisma.raw(`last_attempt = json_strip_nulls(json_build_object(
  'number', last_attempt->'number', 'startedAt', last_attempt->'startedAt', 'verdict', last_attempt->'verdict',
  'outcome', ${bareOutcome("(last_attempt->'outcome')")}, 'request', ${bareRequest("nullif((last_attempt->'request')::text, 'null')::json")}))`);

/** `changes` of a delivery without the reasons that it had ended for before, as far as they may quote the event. */
export const BARE_CHANGES = Prisma.raw(`(
  SELECT jsonb_agg(CASE WHEN starts_with(c->'was'->>'reason', 'the body cannot be built') THEN c #- '{was,reason}' ELSE c END ORDER BY n)
  FROM jsonb_array_elements(changes) WITH ORDINALITY AS e (c, n))`);

/** A reason without what the message of a failed build may quote. @param column a constant of the caller */
export function bareReason(column: string): Prisma.Sql {
  const beginning = 'the body cannot be built';
  return Prisma.raw(`CASE WHEN starts_with(${column}, '${beginning}') THEN '${beginning}' ELSE ${column} END`);
}
