import { Button, List, Stack, Text } from '@mantine/core';
import { useLeadsSomewhere } from '../../parts/page-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { useGo } from '../../router/use-go.ts';
import { useCan, useSeesAllTenants, useTenantId } from '../../session/me.ts';
import { start as text } from './strings.ts';
import { TenantForm } from './tenant-form.tsx';

const WIZARD = { to: '/integrations/new/$step', params: { step: 'vendor' } } as const;

/** How do I get my first webhook? */
export function Page() {
  const go = useGo();
  const can = useCan();
  const leadsSomewhere = useLeadsSomewhere();
  const tenantId = useTenantId();
  const needsTenant = useSeesAllTenants() && tenantId === undefined;
  return (
    <Stack gap="md" maw={640}>
      <PageTitle>{text.title}</PageTitle>
      <Text>{text.lead}</Text>
      <List type="ordered" spacing={4}>
        {text.steps.map((step) => (
          <List.Item key={step}>{step}</List.Item>
        ))}
      </List>
      {needsTenant && can('createTenant') && <TenantForm onMade={(id) => go({ ...WIZARD, search: { tenant: id } })} />}
      {!needsTenant && leadsSomewhere(WIZARD.to) && (
        <div>
          <Button onClick={() => go(WIZARD)}>{text.setUp}</Button>
        </div>
      )}
    </Stack>
  );
}
