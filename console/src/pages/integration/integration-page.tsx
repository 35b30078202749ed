import { Alert, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { AuditEntries } from '../../parts/audit-entries.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Id } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { Time } from '../../parts/time.tsx';
import { useGo } from '../../router/use-go.ts';
import { useCan } from '../../session/me.ts';
import { NotFound } from '../../shell/not-found.tsx';
import { dialects } from '../../strings/dialects.ts';
import { DeleteIntegration } from './delete-integration.tsx';
import { HeadersTab } from './headers-tab.tsx';
import { LimitsTab } from './limits-tab.tsx';
import { OptionsTab } from './options-tab.tsx';
import { PolicyTab } from './policy-tab.tsx';
import { SecretsTab } from './secrets-tab.tsx';
import { integration as text } from './strings.ts';
import { SubscriptionsTab } from './subscriptions-tab.tsx';

type Integration = Schemas['Integration'];
type Tab = keyof typeof text.tabs;

/** How is it configured? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['integrations', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/integrations/{id}', { params: { path: { id } }, signal })),
  });
  return <Loaded query={query}>{(integration) => <Shown key={integration.id} integration={integration} />}</Loaded>;
}

const CONTENT: Readonly<Record<Tab, (integration: Integration) => ReactNode>> = {
  subscriptions: (integration) => <SubscriptionsTab integration={integration} />,
  options: (integration) => <OptionsTab integration={integration} />,
  secrets: (integration) => <SecretsTab integration={integration} />,
  headers: (integration) => <HeadersTab integration={integration} />,
  limits: (integration) => <LimitsTab integration={integration} />,
  policy: (integration) => <PolicyTab integration={integration} />,
  history: ({ id }) => <AuditEntries filter={{ target: id }} empty={<Empty title={text.history.none} />} />,
};

function Shown({ integration }: { readonly integration: Integration }) {
  const can = useCan();
  const go = useGo();
  const { tab = 'subscriptions' } = useParams({ strict: false });
  const { id, name, dialect, updatedAt, warnings } = integration;
  const tabs = (Object.keys(text.tabs) as Tab[]).filter((one) => one !== 'history' || can('listAudit'));
  if (!tabs.some((one) => one === tab)) return <NotFound />;
  return (
    <Stack gap="md">
      <div>
        <BackLink target={{ to: '/integrations' }}>{text.back}</BackLink>
        <PageTitle actions={can('deleteIntegration') && <DeleteIntegration integration={integration} />}>{name}</PageTitle>
        <Facts
          facts={[
            [text.facts.id, <Id key="id" value={id} short />],
            [text.facts.vendor, dialects[dialect]],
            [text.facts.changed, <Time key="changed" at={updatedAt} />],
          ]}
        />
      </div>
      {warnings.length > 0 && (
        <Alert color="gray" title={text.warnings}>
          {warnings.map(({ pointer, detail }) => (
            <Text key={pointer} size="sm">
              <code>{pointer}</code> {detail}
            </Text>
          ))}
        </Alert>
      )}
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => next && go({ to: '/integrations/$id/$tab', params: { id, tab: next } })}
      >
        <Tabs.List aria-label={text.tabList}>
          {tabs.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {text.tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map((one) => (
          <Tabs.Panel key={one} value={one} pt="md">
            {CONTENT[one](integration)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}
