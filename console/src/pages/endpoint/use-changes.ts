import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { useCan } from '../../session/me.ts';
import { endpoint as text } from './strings.ts';

export interface Change {
  readonly at: string;
  readonly what: keyof typeof text.what;
  readonly who?: string;
  readonly why?: string;
}

type Entry = Schemas['AuditEntry'];
type Subscription = Schemas['Subscription'];

const MOST = 50;

/** What has changed about an endpoint, newest first: its failures, and who enabled and disabled it where the key may read that. */
export function useChanges(endpoint: Schemas['Endpoint'], subscriptions: readonly Subscription[]): readonly Change[] {
  const can = useCan();
  const { id, tenantId } = endpoint;
  const isWanted = can('listAudit');
  const audit = useQuery({
    queryKey: ['endpoint-changes', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/audit', { params: { query: { tenantId, target: id, limit: MOST } }, signal })),
    enabled: isWanted,
  });
  // Passwire itself disables subscriptions, one by one
  const bySystem = useQuery({
    queryKey: ['endpoint-changes', 'system', tenantId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/audit', { params: { query: { tenantId, actor: 'system', limit: MOST } }, signal })),
    enabled: isWanted,
  });
  const own = new Set(subscriptions.map((subscription) => subscription.id));
  const byPasswire = (bySystem.data?.data ?? []).filter(({ target }) => own.has(target.id)).flatMap(disabling);
  const byPeople = (audit.data?.data ?? []).flatMap(switching);
  const changes = [...factsOf(endpoint, !isWanted), ...byPeople, ...onePerInstant(byPasswire)];
  return changes.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

function factsOf(endpoint: Schemas['Endpoint'], withPause: boolean): readonly Change[] {
  const { createdAt, failingSince, lastFailedSince, paused } = endpoint;
  const failed: readonly Change[] =
    failingSince !== null
      ? [{ at: failingSince, what: 'failing' }]
      : lastFailedSince !== null
        ? [{ at: lastFailedSince, what: 'failedLast' }]
        : [];
  const pause: readonly Change[] =
    withPause && paused !== null ? [{ at: paused.at, what: 'disabled', who: paused.by, why: paused.reason }] : [];
  return [{ at: createdAt, what: 'created' }, ...failed, ...pause];
}

function switching({ at, action, actor, after }: Entry): readonly Change[] {
  if (action !== 'endpoint.enabled' && action !== 'endpoint.disabled') return [];
  const reason = after?.reason;
  return [
    {
      at,
      what: action === 'endpoint.enabled' ? 'enabled' : 'disabled',
      who: actor.name ?? actor.id,
      ...(typeof reason === 'string' && { why: reason }),
    },
  ];
}

function disabling({ at, before, after }: Entry): readonly Change[] {
  const reason = [after?.disabled_reason, after?.disabledReason, after?.disabled].find((one) => typeof one === 'string');
  const known = typeof reason === 'string' && reason in text.because ? (reason as keyof typeof text.because) : undefined;
  if (known === undefined || before === null) return [];
  return [{ at, what: 'disabled', who: text.passwire, why: text.because[known] }];
}

/** All subscriptions of an endpoint are disabled at the same instant. */
function onePerInstant(changes: readonly Change[]): readonly Change[] {
  return [...new Map(changes.map((change) => [change.at, change])).values()];
}
