import { Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
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
import { useQueryString } from '../../router/use-query-string.ts';
import { useCan } from '../../session/me.ts';
import { DeleteTemplate } from './delete-template.tsx';
import { EditTemplate } from './edit-template.tsx';
import { template as text } from './strings.ts';

/** Which fields do its passes carry? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['template', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/templates/{id}', { params: { path: { id } }, signal })),
  });
  return <Loaded query={query}>{(template) => <Shown key={template.id} template={template} />}</Loaded>;
}

function Shown({ template }: { readonly template: Schemas['Template'] }) {
  const { id, name, createdAt, updatedAt } = template;
  const can = useCan();
  const [query, change] = useQueryString();
  const tab = query.tab === 'history' && can('listAudit') ? 'history' : 'fields';
  return (
    <Stack gap="md">
      <div>
        <BackLink target={{ to: '/templates' }}>{text.back}</BackLink>
        <PageTitle actions={can('deleteTemplate') && <DeleteTemplate template={template} />}>{name}</PageTitle>
        <Facts
          facts={[
            [text.facts.id, <Id key="id" value={id} />],
            [text.facts.created, <Time key="created" at={createdAt} />],
            [text.facts.changed, <Time key="changed" at={updatedAt} />],
          ]}
        />
      </div>
      <Tabs value={tab} onChange={(wanted) => void change({ tab: wanted === 'history' ? wanted : undefined })}>
        <Tabs.List mb="md">
          <Tabs.Tab value="fields">{text.tabs.fields}</Tabs.Tab>
          {can('listAudit') && <Tabs.Tab value="history">{text.tabs.history}</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="fields">
          <EditTemplate template={template} />
        </Tabs.Panel>
        {can('listAudit') && (
          <Tabs.Panel value="history">
            {tab === 'history' && <AuditEntries filter={{ target: id }} empty={<Empty title={text.noHistory} />} />}
          </Tabs.Panel>
        )}
      </Tabs>
    </Stack>
  );
}
