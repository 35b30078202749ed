import { Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { BackLink } from '../../parts/back-link.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { TemplateForm } from '../../parts/template-form/template-form.tsx';
import { EMPTY_TEMPLATE, type TemplateInput } from '../../parts/template-form/template-input.ts';
import { TenantNeeded } from '../../parts/tenant-needed.tsx';
import { useGo } from '../../router/use-go.ts';
import { newTemplate as text } from './strings.ts';

/** A template by hand, or from a pasted event or pass. */
export function Page() {
  return (
    <Stack gap="sm">
      <div>
        <BackLink target={{ to: '/templates' }}>{text.back}</BackLink>
        <PageTitle>{text.title}</PageTitle>
      </div>
      <TenantNeeded>{(tenantId) => <Form tenantId={tenantId} />}</TenantNeeded>
    </Stack>
  );
}

function Form({ tenantId }: { readonly tenantId: string }) {
  const go = useGo();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: (template: TemplateInput) =>
      dataOf(api.POST('/v1/templates', { params: { query: { tenantId } }, body: template })),
    async onSuccess({ id }) {
      await queries.invalidateQueries({ queryKey: ['templates'] });
      go({ to: '/templates/$id', params: { id } });
    },
  });
  return (
    <TemplateForm
      template={EMPTY_TEMPLATE}
      action={text.action}
      isPending={create.isPending}
      error={create.error}
      onSubmit={(template) => create.mutate(template)}
    />
  );
}
