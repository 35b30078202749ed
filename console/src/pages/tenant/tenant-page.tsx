import { Button, Card, Stack, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { Facts } from '../../parts/facts.tsx';
import { Id } from '../../parts/id.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { SentNumbers } from '../../parts/sent-numbers.tsx';
import { Time } from '../../parts/time.tsx';
import { useStatistics } from '../../parts/use-statistics.ts';
import { useGo } from '../../router/use-go.ts';
import { useCan } from '../../session/me.ts';
import { DeleteTenant } from './delete-tenant.tsx';
import { Keys } from './keys.tsx';
import { PortalLink } from './portal-link.tsx';
import { Settings } from './settings.tsx';
import { tenant as text } from './strings.ts';

/** Whose is it, how are they doing? */
export function Page() {
  const { id = '' } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['tenants', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/tenants/{id}', { params: { path: { id } }, signal })),
  });
  return <Loaded query={query}>{(tenant) => <Shown key={tenant.id} tenant={tenant} />}</Loaded>;
}

function Shown({ tenant }: { readonly tenant: Schemas['Tenant'] }) {
  const can = useCan();
  const go = useGo();
  const { id, name, createdAt, updatedAt } = tenant;
  const statistics = useStatistics('24h', { tenantId: id });
  const actions = (
    <>
      {can('deleteTenant') && <DeleteTenant tenant={tenant} />}
      <Button size="sm" onClick={() => go({ to: '/deliveries', search: { tenant: id } })}>
        {text.open}
      </Button>
    </>
  );
  return (
    <Stack gap="md">
      <div>
        <BackLink target={{ to: '/tenants' }}>{text.back}</BackLink>
        <PageTitle actions={actions}>{name}</PageTitle>
        <Facts
          facts={[
            [text.facts.id, <Id key="id" value={id} />],
            [text.facts.created, <Time key="created" at={createdAt} />],
            [text.facts.changed, <Time key="changed" at={updatedAt} />],
          ]}
        />
      </div>
      <SentNumbers period="24h" tenantId={id} statistics={statistics.data} />
      <Card component="section" withBorder p="md" aria-label={text.settings.title}>
        <Title order={2} mb="xs">
          {text.settings.title}
        </Title>
        <Settings tenant={tenant} />
      </Card>
      {can('createPortalLink') && <PortalLink tenantId={id} />}
      {can('listApiKeys') && <Keys tenantId={id} />}
    </Stack>
  );
}
