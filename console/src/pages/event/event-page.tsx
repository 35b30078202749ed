import { Group, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { CodeView } from '../../parts/code-view.tsx';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Explained } from '../../parts/explained.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Id, shortId } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { Removed } from '../../parts/removed.tsx';
import { SendToSubscription } from '../../parts/send-to-subscription.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Time } from '../../parts/time.tsx';
import { useSeesAllTenants } from '../../session/me.ts';
import { undelivered } from '../../strings/undelivered.ts';
import { event as text } from './strings.ts';

type Event = Schemas['EventWithDeliveries'];
type Delivery = Schemas['Delivery'];

/** The most that the API shows of an event's deliveries. */
const MOST = 100;

/** What did the platform post, and where did it go? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['event', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/events/{id}', { params: { path: { id } }, signal })),
  });
  return <Loaded query={query}>{(event) => <Shown event={event} />}</Loaded>;
}

function Shown({ event }: { readonly event: Event }) {
  const seesAll = useSeesAllTenants();
  const posted = event.event;
  const producerId = posted && 'id' in posted && typeof posted.id === 'string' ? posted.id : undefined;
  return (
    <Stack gap="lg">
      <div>
        <BackLink target={{ to: '/events' }}>{text.back}</BackLink>
        <PageTitle actions={<SendToSubscription eventIds={[event.id]} tenant={seesAll ? event.tenantId : undefined} />}>
          {text.title(event.type)}
        </PageTitle>
        <Facts
          facts={[
            [text.of, <Id key="id" value={event.id} />],
            [
              text.pass,
              event.passId !== '' && (
                <PageLink key="pass" target={{ to: '/deliveries', search: { passId: event.passId } }}>
                  {event.passId}
                </PageLink>
              ),
            ],
            [
              text.template,
              event.templateId !== null && (
                <PageLink key="template" target={{ to: '/templates/$id', params: { id: event.templateId } }}>
                  {shortId(event.templateId)}
                </PageLink>
              ),
            ],
            [
              text.tenant,
              seesAll && (
                <PageLink key="tenant" target={{ to: '/tenants/$id', params: { id: event.tenantId } }}>
                  {shortId(event.tenantId)}
                </PageLink>
              ),
            ],
            [text.producerId, producerId],
            [text.occurred, posted && <Time key="occurred" at={posted.occurredAt} />],
            [text.accepted, <Time key="accepted" at={event.acceptedAt} />],
            [
              text.derivedFrom,
              event.derivedFrom !== null && (
                <PageLink key="derived" target={{ to: '/events/$id', params: { id: event.derivedFrom } }}>
                  {shortId(event.derivedFrom)}
                </PageLink>
              ),
            ],
          ]}
        />
      </div>
      <Explained>{explanationOf(event)}</Explained>
      {event.deliveries.length > 0 && (
        <section aria-label={text.deliveries}>
          <Group justify="space-between">
            <Title order={2}>{text.deliveries}</Title>
            <PageLink
              target={{ to: '/deliveries', search: { eventId: event.id, tenant: seesAll ? event.tenantId : undefined } }}
            >
              {text.all}
            </PageLink>
          </Group>
          <DataTable
            label={text.deliveries}
            columns={COLUMNS}
            rows={event.deliveries}
            keyOf={({ id }) => id}
            linkOf={({ id }) => ({ to: '/deliveries/$id', params: { id } })}
            narrow={(delivery) => [
              <>
                <StateBadge key="state" state={delivery.state} />
                {(delivery.dueAt ?? delivery.endedAt) && <Time key="when" at={delivery.dueAt ?? delivery.endedAt ?? ''} />}
              </>,
              <>
                {shortId(delivery.subscriptionId)} {answerOf(delivery)} {delivery.lastReason}
              </>,
            ]}
          />
        </section>
      )}
      <section aria-label={text.posted}>
        <Title order={2} mb="xs">
          {text.posted}
        </Title>
        {posted ? (
          <CodeView label={text.posted} value={JSON.stringify(posted)} />
        ) : (
          <Removed removal={event.contentRemoved} />
        )}
      </section>
    </Stack>
  );
}

function explanationOf({ undelivered: reason, type, deliveries }: Event): string {
  if (reason !== null) return `${text.undelivered} ${undelivered[reason](type)} ${text.undeliveredNext}`;
  return deliveries.length >= MOST ? text.atLeast(deliveries.length) : text.summary(deliveries.length);
}

const COLUMNS: readonly Column<Delivery>[] = [
  { id: 'state', head: text.state, cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: 'subscription',
    head: text.subscription,
    cell: ({ subscriptionId: id }) => (
      <PageLink target={{ to: '/subscriptions/$id', params: { id } }}>{shortId(id)}</PageLink>
    ),
  },
  {
    id: 'endpoint',
    head: text.endpoint,
    cell: ({ endpointId: id }) => <PageLink target={{ to: '/endpoints/$id', params: { id } }}>{shortId(id)}</PageLink>,
  },
  { id: 'attempts', head: text.attempts, isNumber: true, cell: ({ attemptCount }) => attemptCount },
  {
    id: 'answer',
    head: text.answer,
    isWide: true,
    cell: (delivery) => `${answerOf(delivery)} ${delivery.lastReason ?? ''}`,
  },
  {
    id: 'ended',
    head: text.ended,
    cell: ({ dueAt, endedAt }) => (dueAt ?? endedAt) !== null && <Time at={dueAt ?? endedAt ?? ''} />,
  },
];

function answerOf({ lastStatus, attemptCount }: Delivery): string {
  if (lastStatus !== null) return String(lastStatus);
  return attemptCount === 0 ? text.noneYet : text.noAnswer;
}
