import { Text } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { shortId } from '../../parts/id.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { endpoint as text } from './strings.ts';

type Subscription = Schemas['Subscription'];

/** What is sent to the endpoint. */
export function Subscriptions({ subscriptions }: { readonly subscriptions: readonly Subscription[] }) {
  if (subscriptions.length === 0) return <Text size="sm">{text.noSubscriptions}</Text>;
  return (
    <DataTable
      label={text.subscriptions}
      columns={COLUMNS}
      rows={subscriptions}
      keyOf={({ id }) => id}
      linkOf={({ id }) => ({ to: '/subscriptions/$id', params: { id } })}
      narrow={({ state, trigger, disabledReason }) => [
        <>
          <StateBadge key="state" state={state} />
          <span key="trigger">{trigger}</span>
        </>,
        disabledReason !== null && text.because[disabledReason],
      ]}
    />
  );
}

const COLUMNS: readonly Column<Subscription>[] = [
  { id: 'state', head: text.subscriptionColumns.state, cell: ({ state }) => <StateBadge state={state} /> },
  { id: 'trigger', head: text.subscriptionColumns.trigger, cell: ({ trigger }) => trigger },
  {
    id: 'template',
    head: text.subscriptionColumns.template,
    isWide: true,
    cell: ({ templateId: id }) =>
      id === null ? (
        text.allTemplates
      ) : (
        <PageLink target={{ to: '/templates/$id', params: { id } }}>{shortId(id)}</PageLink>
      ),
  },
  { id: 'id', head: text.subscriptionColumns.id, cell: ({ id }) => shortId(id) },
];
