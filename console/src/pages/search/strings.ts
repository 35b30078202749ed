import type { Schemas } from '../../../../client/index.ts';
import { showNumber } from '../../format/time.ts';

type Kind = Schemas['SearchHit']['kind'];

const KINDS: Readonly<Record<Kind, readonly [one: string, many: string]>> = {
  delivery: ['delivery', 'deliveries'],
  event: ['event', 'events'],
  deadLetter: ['dead letter', 'dead letters'],
  replay: ['replay', 'replays'],
  erasure: ['erasure', 'erasures'],
  subscription: ['subscription', 'subscriptions'],
  endpoint: ['endpoint', 'endpoints'],
  integration: ['integration', 'integrations'],
  template: ['template', 'templates'],
  tenant: ['tenant', 'tenants'],
};
const plural = new Intl.PluralRules('en');

export const search = {
  title: 'Search',
  for: (q: string) => `Results for ${q}`,
  group: (kind: Kind, count: number) => {
    const [one, many] = KINDS[kind];
    return `${showNumber(count)} ${plural.select(count) === 'one' ? one : many}`;
  },
  atLeast: (kind: Kind, count: number) => `${showNumber(count)} ${KINDS[kind][1]} or more`,
  deleted: 'deleted',
  closed: 'closed',
  columns: { what: 'What', id: 'Id', tenant: 'Tenant' },
  nothing: 'Nothing found.',
  lookedFor: (scope: string) => `Looked for: webhook-id, pass id, userProvidedId, tracking id, ${scope}.`,
  allTenants: 'in all tenants you can see',
  ownTenant: 'in your tenant',
  status: (status: string) => `${status} is an HTTP status.`,
  statusText: 'Deliveries whose last attempt was answered so are a filtered list.',
  showStatus: (status: string) => `Deliveries answered with ${status}`,
  allOfPass: (id: string) => `All deliveries of the pass ${id}`,
  empty: 'Type or paste what you look for into the field at the top.',
  emptyText:
    'An id of any kind, a webhook-id line, a whole body or log line, a URL, a pass id, or the beginning of a name.',
};
