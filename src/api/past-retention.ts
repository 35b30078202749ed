import { Problem } from '../domain/errors.ts';
import { type Id, type IdKind, timeOfId } from '../domain/id.ts';
import type { Context, Route } from './route.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** What RETENTION_DAYS removes. */
const REMOVED: readonly (IdKind | undefined)[] = ['event', 'delivery'];

/** Adds to `not found` that the id is older than what is kept. The id alone decides it, so that nothing is learned about others' objects. */
export function explainAge(
  { retention, clock }: { readonly retention: Pick<Context['retention'], 'days'> } & Pick<Context, 'clock'>,
  { id: kind }: Pick<Route, 'id'>,
  id: Id<IdKind> | undefined,
  error: unknown,
): unknown {
  const { days } = retention;
  if (!(error instanceof Problem) || error.kind !== 'not_found' || id === undefined || days === undefined) return error;
  if (!REMOVED.includes(kind) || timeOfId(id) > clock() - days * DAY_MS) return error;
  return new Problem(error.kind, error.code, `${error.message} It is kept for ${days} days, and this id is older.`);
}
