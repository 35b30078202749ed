import { Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { AuditEntries } from '../../parts/audit-entries.tsx';
import { BackLink } from '../../parts/back-link.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Facts } from '../../parts/facts.tsx';
import { FieldsTable, NO_MAPPING, problemsOfFields } from '../../parts/fields/fields-table.tsx';
import { FilterForm } from '../../parts/filter/filter-form.tsx';
import { Id } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { useGo } from '../../router/use-go.ts';
import { useCan } from '../../session/me.ts';
import { NotFound } from '../../shell/not-found.tsx';
import { Delete, Switch } from './actions.tsx';
import { DraftForm } from './draft-form.tsx';
import { HealthTab } from './health-tab.tsx';
import { subscription as text } from './strings.ts';

type Subscription = Schemas['Subscription'];
type Tab = keyof typeof text.tabs;

/** What is sent, does it arrive? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['subscriptions', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/subscriptions/{id}', { params: { path: { id } }, signal })),
  });
  return <Loaded query={query}>{(one) => <Shown key={one.id} subscription={one} />}</Loaded>;
}

const CONTENT: Readonly<Record<Tab, (subscription: Subscription) => ReactNode>> = {
  fields: (subscription) => <FieldsTab subscription={subscription} />,
  filter: (subscription) => <FilterTab subscription={subscription} />,
  health: (subscription) => <HealthTab subscription={subscription} />,
  history: ({ id }) => <AuditEntries filter={{ target: id }} empty={<Empty title={text.noHistory} />} />,
};

function Shown({ subscription }: { readonly subscription: Subscription }) {
  const can = useCan();
  const go = useGo();
  const { id, event, trigger, url, state, integrationId } = subscription;
  const tabs = (Object.keys(text.tabs) as Tab[])
    .filter((one) => one !== 'history' || can('listAudit'))
    // what is about the dispatch itself has no fields of passes
    .filter((one) => trigger.startsWith('pass.') || one === 'health' || one === 'history');
  const { tab = tabs[0] } = useParams({ strict: false });
  if (!tabs.some((one) => one === tab)) return <NotFound />;
  const actions = (
    <>
      <Delete subscription={subscription} />
      <Switch subscription={subscription} />
    </>
  );
  return (
    <Stack gap="md">
      <div>
        <BackLink target={{ to: '/integrations/$id', params: { id: integrationId } }}>{text.back}</BackLink>
        <PageTitle actions={actions}>{event}</PageTitle>
        <Facts
          facts={[
            ['', <StateBadge key="state" state={state} />],
            [text.facts.trigger, trigger],
            [
              text.facts.url,
              <span key="url" style={{ overflowWrap: 'anywhere' }}>
                {url}
              </span>,
            ],
            [text.facts.id, <Id key="id" value={id} short />],
            [
              text.facts.deliveries,
              <PageLink key="all" target={{ to: '/deliveries', search: { subscriptionId: id } }}>
                {text.facts.show}
              </PageLink>,
            ],
          ]}
        />
      </div>
      <Tabs
        value={tab ?? null}
        keepMounted={false}
        onChange={(next) => next && go({ to: '/subscriptions/$id/$tab', params: { id, tab: next } })}
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
            {CONTENT[one](subscription)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function useFields({ tenantId, integrationId, templateId, trigger }: Subscription) {
  return useQuery({
    queryKey: ['fields', integrationId, templateId, trigger],
    queryFn: ({ signal }) => {
      const body = { integrationId, templateId, trigger } as Schemas['DescribeInput'];
      return dataOf(api.POST('/v1/templates/describe', { params: { query: { tenantId } }, body, signal }));
    },
  });
}

/** JSON Pointers of the pass id in the body; none until they are known. */
function usePassIdPaths({ integrationId, trigger }: Subscription): readonly string[] {
  const { data } = useQuery({
    queryKey: ['pass-id-paths', integrationId, trigger],
    queryFn: async ({ signal }) => {
      const integration = await dataOf(
        api.GET('/v1/integrations/{id}', { params: { path: { id: integrationId } }, signal }),
      );
      const params = { path: { name: integration.dialect } };
      const { triggers } = await dataOf(api.GET('/v1/dialects/{name}', { params, signal }));
      return triggers.find((one) => one.trigger === trigger)?.passIdPaths ?? [];
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? [];
}

/** The keys of the template's fields; none for all templates. */
function useFieldKeys({ templateId }: Subscription): readonly string[] {
  const id = templateId ?? '';
  const { data } = useQuery({
    queryKey: ['templates', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/templates/{id}', { params: { path: { id } }, signal })),
    enabled: id !== '',
  });
  return data?.fields?.map(({ key }) => key) ?? [];
}

function FieldsTab({ subscription }: { readonly subscription: Subscription }) {
  const fields = useFields(subscription);
  const passIdPaths = usePassIdPaths(subscription);
  return (
    <Loaded query={fields}>
      {({ fields: described }) => (
        <DraftForm subscription={subscription} member="mapping">
          {(draft, change, problems, isReadOnly) => {
            const mapping = { ...NO_MAPPING, ...draft.mapping };
            return (
              <FieldsTable
                fields={described}
                mapping={mapping}
                problems={problemsOfFields(problems, mapping).byField}
                passIdPaths={passIdPaths}
                {...(!isReadOnly && { onChange: (next) => change({ ...draft, mapping: next }) })}
              />
            );
          }}
        </DraftForm>
      )}
    </Loaded>
  );
}

function FilterTab({ subscription }: { readonly subscription: Subscription }) {
  const fieldKeys = useFieldKeys(subscription);
  return (
    <DraftForm subscription={subscription} member="filter">
      {(draft, change, problems, isReadOnly) => (
        <FilterForm
          filter={draft.filter}
          fieldKeys={fieldKeys}
          problem={problems.find(({ pointer }) => pointer.startsWith('/filter'))?.detail}
          isReadOnly={isReadOnly}
          onChange={(filter) => change({ ...draft, filter })}
        />
      )}
    </DraftForm>
  );
}
