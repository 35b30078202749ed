import { Button, Group, Tabs, Title } from '@mantine/core';
import { useEffect } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import type { Column } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { shortId } from '../../parts/id.tsx';
import { Listed } from '../../parts/listed.tsx';
import { PageLink, useLeadsSomewhere } from '../../parts/page-link.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { ToneBadge } from '../../parts/tone.tsx';
import { useList } from '../../parts/use-list.ts';
import { useGo } from '../../router/use-go.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { useSeesAllTenants } from '../../session/me.ts';
import { replay as text } from './strings.ts';
import type { Replay } from './use-replay.ts';

type Item = Schemas['ReplayItem'];
const SHOWN = ['failed', 'skipped', 'all'] as const;
const FILTERS = { failed: { state: 'dead' }, skipped: { skipped: 'true' }, all: {} } as const;

/** The deliveries of a replay: those that failed first, each with its reason. */
export function Items({ replay }: { readonly replay: Replay }) {
  const { id, tenantId, failed, skipped, sent, mode } = replay;
  const [query, change] = useQueryString();
  const shown = SHOWN.find((one) => one === query.show) ?? 'failed';
  const counts = { failed, skipped, all: undefined };
  const list = useList(['replay-items', id, shown], (page, signal) =>
    dataOf(
      api.GET('/v1/replays/{id}/items', {
        params: { path: { id }, query: { ...page, ...FILTERS[shown], tenantId } },
        signal,
      }),
    ),
  );
  const hasNew = { failed, skipped, all: sent + skipped }[shown];
  const isEmpty = list.rows.length === 0;
  const { reload } = list;
  // the first ones appear by themselves; later ones wait until the list is opened again, so that nothing moves
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a count that changes asks again
  useEffect(() => {
    if (isEmpty && hasNew > 0) reload();
  }, [hasNew, isEmpty]);
  return (
    <section aria-labelledby="items">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="items">
          {text.items}
        </Title>
        <FailedAgain replay={replay} />
      </Group>
      <Tabs value={shown} onChange={(next) => void change({ show: next ?? undefined }, { replace: true })}>
        <Tabs.List>
          {SHOWN.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {text.show[one]} {counts[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown} pt="xs">
          <Listed
            list={list}
            label={text.items}
            columns={columnsOf(mode)}
            keyOf={({ deliveryId }) => deliveryId}
            linkOf={({ sentId, deliveryId }) => ({ to: '/deliveries/$id', params: { id: sentId ?? deliveryId } })}
            empty={<Empty title={text.empty[shown]} />}
            narrow={(item) => [
              <>
                <State key="state" item={item} />
                <span key="id">{shortId(item.sentId ?? item.deliveryId)}</span>
              </>,
              whyOf(item),
            ]}
          />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

/** To a new replay of exactly what failed again. */
function FailedAgain({ replay: { id, tenantId, failed } }: { readonly replay: Replay }) {
  const go = useGo();
  const leadsSomewhere = useLeadsSomewhere();
  const seesAll = useSeesAllTenants();
  if (failed === 0 || !leadsSomewhere('/replays/new')) return null;
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => go({ to: '/replays/new', search: { failedOf: id, tenant: seesAll ? tenantId : undefined } })}
    >
      {text.again(failed)}
    </Button>
  );
}

function columnsOf(mode: Replay['mode']): readonly Column<Item>[] {
  const columns: readonly Column<Item>[] = [
    { id: 'state', head: text.columns.state, cell: (item) => <State item={item} /> },
    { id: 'delivery', head: text.columns.delivery, cell: ({ deliveryId }) => shortId(deliveryId) },
    { id: 'answer', head: text.columns.answer, cell: ({ lastStatus }) => lastStatus },
    { id: 'why', head: text.columns.why, isWide: true, cell: (item) => <span title={whyOf(item)}>{whyOf(item)}</span> },
  ];
  return mode === 'fresh' ? columns.toSpliced(2, 0, { id: 'sent', head: text.columns.sent, cell: sentAs }) : columns;
}

/** What was rendered anew, beside what it replaces. */
function sentAs({ sentId, deliveryId }: Item) {
  if (sentId === null) return null;
  const target = { to: '/deliveries/$id', params: { id: sentId }, search: { compare: deliveryId } } as const;
  return (
    <>
      {shortId(sentId)} <PageLink target={target}>{text.compare}</PageLink>
    </>
  );
}

function State({ item: { state, sentId } }: { readonly item: Item }) {
  if (state !== null) return <StateBadge state={state} />;
  return <ToneBadge meaning="neutral">{sentId === null ? text.skipped : text.gone}</ToneBadge>;
}

function whyOf({ reason, lastReason }: Item): string {
  return reason === null ? (lastReason ?? '') : text.reasons[reason];
}
