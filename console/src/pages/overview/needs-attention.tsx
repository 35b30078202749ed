import { Card, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { showTime } from '../../format/time.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink, type Target } from '../../parts/page-link.tsx';
import { ToneBadge, ToneIcon } from '../../parts/tone.tsx';
import { usePreferences } from '../../preferences.ts';
import { useSeesAllTenants } from '../../session/me.ts';
import type { Meaning } from '../../theme/meanings.ts';
import classes from './overview.module.css';
import { overview } from './strings.ts';

const text = overview.attention;
const REFRESH_MS = 30_000;
const MOST = 10;

type Item = Schemas['AttentionItem'];

const MEANING: Readonly<Record<Item['kind'], Meaning>> = {
  'endpoint-disabled': 'bad',
  'endpoint-failing': 'bad',
  'subscription-disabled': 'attention',
  'secret-expires': 'attention',
  'deprecated-trigger': 'neutral',
};

/** What a person should look at, the most urgent first; each item leads to where it is repaired. */
export function NeedsAttention({ tenantId }: { readonly tenantId: string | undefined }) {
  const seesAll = useSeesAllTenants();
  const query = { limit: MOST, ...(tenantId !== undefined && { tenantId }) };
  const attention = useQuery({
    queryKey: ['attention', query],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/attention', { params: { query }, signal })),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Card component="section" withBorder p="md" aria-label={text.title}>
      <Title order={2} mb="xs">
        {text.title}
      </Title>
      <Loaded query={attention} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <Group gap={6}>
              <ToneIcon meaning="good" /> <Text size="sm">{text.none}</Text>
            </Group>
          ) : (
            <ul className={classes.items}>
              {data.map((item) => (
                <AttentionItem key={keyOf(item)} item={item} withTenant={seesAll && tenantId === undefined} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}

function keyOf({ kind, endpointId, subscriptionId, integrationId, at }: Item): string {
  return `${kind} ${subscriptionId ?? endpointId ?? integrationId} ${at}`;
}

function AttentionItem({ item, withTenant }: { readonly item: Item; readonly withTenant: boolean }) {
  const { zone } = usePreferences();
  const { kind, tenantId, tenantName } = item;
  return (
    <li className={classes.item} data-kind={kind}>
      <ToneBadge meaning={MEANING[kind]}>{text.label[kind]}</ToneBadge>
      <Text component="div" size="sm">
        <PageLink target={targetOf(item, withTenant)}>{sentenceOf(item, zone)}</PageLink>
        {withTenant && (
          <Text component="span" size="sm" c="dimmed">
            {' '}
            <PageLink target={{ to: '/tenants/$id', params: { id: tenantId } }} c="dimmed">
              {tenantName}
            </PageLink>
          </Text>
        )}
      </Text>
    </li>
  );
}

function sentenceOf({ kind, url, at, disablesAt, reason, trigger, advice, integrationName }: Item, zone: 'local' | 'utc') {
  const endpoint = (url ?? '').replace(/^https?:\/\//, '');
  const show = (instant: string | null): string =>
    instant === null ? '' : showTime(new Date(instant), zone).replace(/\.\d+$/, '');
  switch (kind) {
    case 'endpoint-disabled':
      return text.endpointDisabled(endpoint, reason);
    case 'endpoint-failing':
      return text.endpointFailing(endpoint, show(at), show(disablesAt));
    case 'subscription-disabled':
      return text.subscriptionDisabled(trigger ?? '', endpoint, reason);
    case 'secret-expires':
      return text.secretExpires(integrationName, show(at));
    case 'deprecated-trigger':
      return text.deprecatedTrigger(trigger ?? '', integrationName, advice ?? '');
  }
}

function targetOf({ endpointId, subscriptionId, integrationId, tenantId }: Item, withTenant: boolean): Target {
  const search = withTenant ? { tenant: tenantId } : {};
  if (subscriptionId !== null) return { to: '/subscriptions/$id', params: { id: subscriptionId }, search };
  if (endpointId !== null) return { to: '/endpoints/$id', params: { id: endpointId }, search };
  return { to: '/integrations/$id/$tab', params: { id: integrationId, tab: 'secrets' }, search };
}
