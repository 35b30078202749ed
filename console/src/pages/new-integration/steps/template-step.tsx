import { Radio, Select, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../../client/index.ts';
import { api, dataOf } from '../../../api/client.ts';
import { TemplateForm } from '../../../parts/template-form/template-form.tsx';
import { EMPTY_TEMPLATE, type TemplateInput } from '../../../parts/template-form/template-input.ts';
import { useCan } from '../../../session/me.ts';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';

type Choice = 'all' | 'one' | 'new';

/** The passes that the webhooks are about. A new template is stored at once: the next steps need its fields. */
export function TemplateStep({ tenantId, draft: { template }, change }: StepProps) {
  const can = useCan();
  const [choice, setChoice] = useState<Choice | undefined>(template === 'all' ? 'all' : template && 'one');
  const [made, setMade] = useState<string>();
  return (
    <Stack gap="md">
      <Radio.Group
        aria-label={text.templates}
        value={choice ?? null}
        onChange={(value) => {
          setChoice(value as Choice);
          change({ template: value === 'all' ? 'all' : undefined });
        }}
      >
        <Stack gap="xs">
          <Radio value="one" label={text.one} />
          {can('createTemplate') && <Radio value="new" label={text.makeNew} />}
          <Radio value="all" label={text.all} description={text.allHint} />
        </Stack>
      </Radio.Group>
      {made !== undefined && choice === 'one' && (
        <Text size="sm" role="status">
          {text.made(made)}
        </Text>
      )}
      {choice === 'one' && (
        <Chosen tenantId={tenantId} template={typeof template === 'object' ? template : undefined} change={change} />
      )}
      {choice === 'all' && <WithoutSample tenantId={tenantId} />}
      {choice === 'new' && (
        <NewTemplate
          tenantId={tenantId}
          onMade={(one) => {
            change({ template: chosen(one) });
            setMade(one.name);
            setChoice('one');
          }}
        />
      )}
    </Stack>
  );
}

function chosen({ id, name, fields = [] }: Schemas['Template']) {
  return { id, name, keys: fields.map(({ key }) => key) };
}

interface ChosenProps extends Pick<StepProps, 'tenantId' | 'change'> {
  readonly template:
    | ReturnType<typeof chosen>
    | { readonly id: string; readonly name: string; readonly keys: readonly string[] }
    | undefined;
}

function Chosen({ tenantId, template, change }: ChosenProps) {
  const [typed, setTyped] = useState('');
  const [wanted] = useDebouncedValue(typed.trim(), 300);
  const found = useQuery({
    queryKey: ['templates', tenantId, 'named', wanted],
    queryFn: ({ signal }) => {
      const query = { tenantId, limit: 20, ...(wanted !== '' && wanted !== template?.name && { q: wanted }) };
      return dataOf(api.GET('/v1/templates', { params: { query }, signal }));
    },
  });
  const templates = found.data?.data ?? [];
  if (found.data && templates.length === 0 && wanted === '' && !template) return <Text size="sm">{text.noTemplates}</Text>;
  const others = templates.filter(({ id }) => id !== template?.id);
  return (
    <Select
      label={text.template}
      placeholder={text.template}
      searchable
      data={[
        ...(template ? [{ value: template.id, label: template.name }] : []),
        ...others.map(({ id, name, externalId }) => ({
          value: id,
          label: externalId === null ? name : `${name} (${externalId})`,
        })),
      ]}
      filter={({ options }) => options}
      value={template?.id ?? null}
      onSearchChange={setTyped}
      onChange={(id) => {
        const one = templates.find((template) => template.id === id);
        if (one) change({ template: chosen(one) });
      }}
      w={{ base: '100%', sm: 360 }}
    />
  );
}

/** Tests send a sample of a template: without any, only a real event can be waited for. */
function WithoutSample({ tenantId }: Pick<StepProps, 'tenantId'>) {
  const { data } = useQuery({
    queryKey: ['templates', tenantId, 'first'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/templates', { params: { query: { tenantId, limit: 1 } }, signal })),
  });
  return data?.data.length === 0 ? <Text size="sm">{text.noSample}</Text> : null;
}

function NewTemplate({ tenantId, onMade }: { readonly tenantId: string; onMade(template: Schemas['Template']): void }) {
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: (template: TemplateInput) =>
      dataOf(api.POST('/v1/templates', { params: { query: { tenantId } }, body: template })),
    async onSuccess(template) {
      await queries.invalidateQueries({ queryKey: ['templates'] });
      onMade(template);
    },
  });
  return (
    <TemplateForm
      template={EMPTY_TEMPLATE}
      action={text.createTemplate}
      isPending={create.isPending}
      error={create.error}
      onSubmit={(template) => create.mutate(template)}
    />
  );
}
