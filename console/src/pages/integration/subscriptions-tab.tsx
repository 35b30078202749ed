import { Button, Group, Stack } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { shortId } from '../../parts/id.tsx';
import { Listed } from '../../parts/listed.tsx';
import { PageLink, useLeadsSomewhere } from '../../parts/page-link.tsx';
import { showSuccess } from '../../parts/sent-numbers.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { type Ended, useEnded } from '../../parts/use-ended.ts';
import { useList } from '../../parts/use-list.ts';
import { useGo } from '../../router/use-go.ts';
import { useCan } from '../../session/me.ts';
import { parts } from '../../strings/parts.ts';
import { integration as all } from './strings.ts';

const text = all.subscriptions;
type Subscription = Schemas['Subscription'];

/** What the integration is sent, where, and how it went. */
export function SubscriptionsTab({ integration: { id, tenantId } }: { readonly integration: Schemas['Integration'] }) {
  const list = useList(['subscriptions', 'list', id], (page, signal) =>
    dataOf(api.GET('/v1/subscriptions', { params: { query: { ...page, tenantId, integrationId: id } }, signal })),
  );
  const endedOf = useEnded(
    'subscription',
    list.rows.map((subscription) => subscription.id),
  );
  const add = <AddTriggers integrationId={id} />;
  return (
    <Stack gap="sm">
      {list.rows.length > 0 && <Group justify="flex-end">{add}</Group>}
      <Listed
        list={list}
        empty={
          <Empty title={text.none} action={add}>
            {text.noneText}
          </Empty>
        }
        label={all.tabs.subscriptions}
        columns={columns(endedOf)}
        keyOf={(subscription) => subscription.id}
        linkOf={(subscription) => ({ to: '/subscriptions/$id', params: { id: subscription.id } })}
        narrow={({ id: own, state, event, url }) => [
          <>
            <span key="event">{event}</span> <StateBadge key="state" state={state} />
          </>,
          `${url}, ${successOf(endedOf(own))}`,
        ]}
      />
    </Stack>
  );
}

/** Opens the wizard at its step of triggers. */
function AddTriggers({ integrationId }: { readonly integrationId: string }) {
  const can = useCan();
  const go = useGo();
  if (!useLeadsSomewhere()('/integrations/new/$step') || !can('createSubscription')) return null;
  const open = (): void =>
    go({ to: '/integrations/new/$step', params: { step: 'triggers' }, search: { integration: integrationId } });
  return (
    <Button size="sm" onClick={open}>
      {text.add}
    </Button>
  );
}

function columns(endedOf: (id: string) => Ended | undefined): readonly Column<Subscription>[] {
  return [
    { id: 'event', head: text.columns.event, cell: ({ event }) => event },
    { id: 'state', head: text.columns.state, cell: ({ state }) => <StateBadge state={state} /> },
    { id: 'url', head: text.columns.url, isWide: true, cell: ({ url }) => <span title={url}>{url}</span> },
    {
      id: 'template',
      head: text.columns.template,
      cell: ({ templateId: id }) =>
        id === null ? (
          text.allTemplates
        ) : (
          <PageLink target={{ to: '/templates/$id', params: { id } }}>{shortId(id)}</PageLink>
        ),
    },
    { id: 'success', head: text.columns.success, isNumber: true, cell: ({ id }) => successOf(endedOf(id)) },
  ];
}

function successOf(ended: Ended | undefined): string {
  return ended ? showSuccess(ended) : parts.unknown;
}
