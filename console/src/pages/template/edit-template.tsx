import { Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Conflict } from '../../parts/conflict.tsx';
import { TemplateForm } from '../../parts/template-form/template-form.tsx';
import type { TemplateInput } from '../../parts/template-form/template-input.ts';
import { type Members, useVersionedSave } from '../../parts/use-versioned-save.ts';
import { useCan } from '../../session/me.ts';
import { editable, shown } from './members.ts';
import { template as text } from './strings.ts';

type Template = Schemas['Template'];

/** The form of a template, saved over the version that it was filled from. */
export function EditTemplate({ template }: { readonly template: Template }) {
  const can = useCan();
  const queries = useQueryClient();
  const [base, setBase] = useState(template);
  const path = { id: base.id };
  const keep = (one: Template): void => {
    setBase(one);
    queries.setQueryData(['template', one.id], one);
  };
  const { conflict, error, isPending, isSaved, save, applyMine, close } = useVersionedSave<Template, Members>({
    base,
    membersOf: editable,
    read: () => dataOf(api.GET('/v1/templates/{id}', { params: { path } })),
    write: (body, version) =>
      dataOf(api.PATCH('/v1/templates/{id}', { params: { path, header: { 'If-Match': `"${version}"` } }, body })),
    async onSaved(saved) {
      keep(saved);
      await Promise.all([['templates'], ['audit']].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
  return (
    <Stack gap="sm">
      <TemplateForm
        key={base.version}
        template={inputOf(base)}
        action={text.save}
        isPending={isPending}
        error={conflict ? undefined : error}
        isReadOnly={!can('updateTemplate')}
        onSubmit={(input) => save(editable(input))}
      />
      {isSaved && (
        <Text size="sm" c="dimmed" role="status">
          {text.saved}
        </Text>
      )}
      {conflict && (
        <Conflict
          id={base.id}
          conflict={conflict}
          describe={shown}
          isPending={isPending}
          error={error}
          onApplyMine={applyMine}
          onTakeTheirs={() => {
            keep(conflict.theirs);
            close();
          }}
          onClose={close}
        />
      )}
    </Stack>
  );
}

function inputOf({ name, externalId, passType, fields, personalised, vendor }: Template): TemplateInput {
  return { name, ...(externalId !== null && { externalId }), passType, fields, personalised, vendor };
}
