import { Facts } from '../../parts/facts.tsx';
import { Id, shortId } from '../../parts/id.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { Time } from '../../parts/time.tsx';
import { useSeesAllTenants } from '../../session/me.ts';
import { delivery as text } from './strings.ts';
import type { Delivery } from './use-delivery.ts';

/** What it belongs to, each a link. */
export function Head({ delivery }: { readonly delivery: Delivery }) {
  const seesAll = useSeesAllTenants();
  const { names, id, messageId, tenantId, eventId, subscriptionId, endpointId, replayOf, kind } = delivery;
  return (
    <Facts
      facts={[
        [text.facts.to, names.url],
        [
          text.facts.tenant,
          seesAll && (
            <PageLink key="tenant" target={{ to: '/tenants/$id', params: { id: tenantId } }}>
              {names.tenant ?? shortId(tenantId)}
            </PageLink>
          ),
        ],
        [text.facts.integration, names.integration],
        [
          text.facts.subscription,
          <PageLink key="subscription" target={{ to: '/subscriptions/$id', params: { id: subscriptionId } }}>
            {shortId(subscriptionId)}
          </PageLink>,
        ],
        [text.facts.template, names.template],
        [
          text.facts.endpoint,
          <PageLink key="endpoint" target={{ to: '/endpoints/$id', params: { id: endpointId } }}>
            {shortId(endpointId)}
          </PageLink>,
        ],
        [
          text.facts.event,
          kind === 'event' && (
            <PageLink key="event" target={{ to: '/events/$id', params: { id: eventId } }}>
              {shortId(eventId)}
            </PageLink>
          ),
        ],
        [
          text.facts.replayOf,
          replayOf !== null && (
            <PageLink key="replay" target={{ to: '/deliveries/$id', params: { id: replayOf } }}>
              {shortId(replayOf)}
            </PageLink>
          ),
        ],
        [text.facts.created, <Time key="created" at={delivery.createdAt} />],
        [text.facts.id, <Id key="id" value={id} short />],
        [text.facts.messageId, <Id key="message" value={messageId} short />],
      ]}
    />
  );
}
