import { Button, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showNumber } from '../../format/time.ts';
import { AttemptsChart } from '../../parts/attempts-chart.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { ConditionBadge } from '../../parts/endpoint/condition-badge.tsx';
import { type BoardEndpoint, lastAnswerOf, partsOf, reasonOf, showAt } from '../../parts/endpoint/reason.ts';
import { SwitchEndpoint } from '../../parts/endpoint/switch-endpoint.tsx';
import { Explained } from '../../parts/explained.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Id, shortId } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink, useLeadsSomewhere } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { charted, PERIODS, type Period, periodOf, useStatistics } from '../../parts/use-statistics.ts';
import { useGo } from '../../router/use-go.ts';
import { useQueryString } from '../../router/use-query-string.ts';
import { useCan, useSeesAllTenants } from '../../session/me.ts';
import { Changes } from './changes.tsx';
import { endpoint as text } from './strings.ts';
import { Subscriptions } from './subscriptions.tsx';
import { type Change, useChanges } from './use-changes.ts';

type Endpoint = Schemas['Endpoint'];

const REFRESH_MS = 10_000;
const MOST = 200;

/** How is this endpoint doing, since when, and what has changed? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['endpoint', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/endpoints/{id}', { params: { path: { id } }, signal })),
    refetchInterval: REFRESH_MS,
  });
  return <Loaded query={query}>{(endpoint) => <Shown endpoint={endpoint} />}</Loaded>;
}

function Shown({ endpoint }: { readonly endpoint: Endpoint }) {
  const { id, tenantId, url, integrationId } = endpoint;
  const { host } = partsOf(url);
  // what waits and how it answered last are known to the board
  const board = useQuery({
    queryKey: ['endpoint-board', tenantId, 'of', id],
    queryFn: ({ signal }) => {
      const name = URL.canParse(url) ? new URL(url).hostname : host;
      const query = { tenantId, host: name, limit: MOST, include: 'names' as const };
      return dataOf(api.GET('/v1/endpoints/board', { params: { query }, signal }));
    },
    refetchInterval: REFRESH_MS,
  });
  const subscriptions = useQuery({
    queryKey: ['endpoint-subscriptions', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/subscriptions', { params: { query: { tenantId, integrationId, limit: 100 } }, signal })),
  });
  const entry = board.data?.endpoints.find((one) => one.id === id);
  const own = (subscriptions.data?.data ?? []).filter(({ endpointId }) => endpointId === id);
  const changes = useChanges(endpoint, own);
  return (
    <Stack gap="lg">
      <div>
        <BackLink target={{ to: '/endpoints' }}>{text.back}</BackLink>
        <PageTitle actions={<Actions endpoint={endpoint} held={entry?.held ?? 0} />}>{host}</PageTitle>
        <Head endpoint={endpoint} entry={entry} names={board.data?.names ?? {}} />
      </div>
      {entry && <Explained>{reasonOf(entry) || text.works}</Explained>}
      <Chart endpoint={endpoint} changes={changes} />
      <Changes changes={changes} />
      <section aria-labelledby="subscriptions">
        <Title order={2} id="subscriptions" mb="xs">
          {text.subscriptions}
        </Title>
        <Loaded query={subscriptions} rows={3}>
          {() => <Subscriptions subscriptions={own} />}
        </Loaded>
      </section>
    </Stack>
  );
}

interface HeadProps {
  readonly endpoint: Endpoint;
  readonly entry: BoardEndpoint | undefined;
  readonly names: Readonly<Record<string, string>>;
}

function Head({ endpoint, entry, names }: HeadProps) {
  const seesAll = useSeesAllTenants();
  const { id, tenantId, url, integrationId, limits, live, state } = endpoint;
  const search = { tenant: seesAll ? tenantId : undefined };
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {entry ? (
          <ConditionBadge condition={entry.condition} />
        ) : (
          <StateBadge state={state === 'active' ? 'working' : state} />
        )}
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {url}
        </Text>
      </Group>
      <Facts
        facts={[
          [text.id, <Id key="id" value={id} short />],
          [
            text.tenant,
            seesAll && (
              <PageLink key="tenant" target={{ to: '/tenants/$id', params: { id: tenantId } }}>
                {names[tenantId] ?? shortId(tenantId)}
              </PageLink>
            ),
          ],
          [
            text.integration,
            <PageLink key="integration" target={{ to: '/integrations/$id', params: { id: integrationId }, search }}>
              {names[integrationId] ?? shortId(integrationId)}
            </PageLink>,
          ],
          [text.limits, text.limitsOf(limits.maxInFlight, limits.ratePerSecond)],
          [text.now, live ? text.shareOf(live.share, live.inFlight) : text.unknown],
          [text.lastAnswer, entry && lastAnswerOf(entry)],
          [text.waiting, entry && showNumber(entry.due + entry.held)],
          [
            text.deliveries,
            <PageLink key="deliveries" target={{ to: '/deliveries', search: { ...search, endpointId: id } }}>
              {text.showDeliveries}
            </PageLink>,
          ],
        ]}
      />
    </Stack>
  );
}

function Actions({ endpoint, held }: { readonly endpoint: Endpoint; readonly held: number }) {
  const can = useCan();
  const go = useGo();
  const seesAll = useSeesAllTenants();
  const leadsSomewhere = useLeadsSomewhere();
  const { id, tenantId, failingSince, lastFailedSince } = endpoint;
  const since = failingSince ?? lastFailedSince;
  const search = { recover: id, ...(seesAll && { tenant: tenantId }) };
  return (
    <>
      {since !== null && leadsSomewhere('/replays/new') && can('previewRecovery') && (
        <Button size="sm" variant="default" onClick={() => go({ to: '/replays/new', search })}>
          {text.recover(showAt(since))}
        </Button>
      )}
      <SwitchEndpoint endpoint={endpoint} held={held} size="sm" />
    </>
  );
}

function Chart({ endpoint, changes }: { readonly endpoint: Endpoint; readonly changes: readonly Change[] }) {
  const [{ last }, change] = useQueryString();
  const period = periodOf(last);
  const { id, tenantId } = endpoint;
  const statistics = useStatistics(period, { tenantId, endpointId: id });
  const marks = changes
    .filter(({ what }) => what !== 'created')
    .map(({ at, what }) => ({ at: Date.parse(at), label: text.what[what] }));
  return (
    <Stack gap="xs">
      <Group justify="flex-end">
        <SegmentedControl
          aria-label={text.period}
          size="xs"
          value={period}
          onChange={(next) => void change({ last: next })}
          data={(Object.keys(PERIODS) as Period[]).map((value) => ({ value, label: text.periods[value] }))}
        />
      </Group>
      <Loaded query={statistics}>
        {(answer) => (
          <AttemptsChart
            statistics={charted(answer, period, statistics.dataUpdatedAt)}
            filter={{ endpointId: id }}
            marks={marks}
          />
        )}
      </Loaded>
    </Stack>
  );
}
