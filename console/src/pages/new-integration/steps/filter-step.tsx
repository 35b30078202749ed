import { Stack, Text } from '@mantine/core';
import { FilterForm } from '../../../parts/filter/filter-form.tsx';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';
import type { ShownPreview } from '../use-draft-preview.ts';

/** Which of the events are sent. */
export function FilterStep({ draft, change, shown }: StepProps & { readonly shown: ShownPreview }) {
  const { preview, problems, isOld } = shown.previewed;
  const problem = problems.find(({ pointer }) => pointer.startsWith('/filter'));
  const recent = draft.filter !== null && !isOld ? preview?.recent : undefined;
  return (
    <Stack gap="md">
      <Text size="sm">{text.filterLead}</Text>
      <FilterForm
        filter={draft.filter}
        fieldKeys={typeof draft.template === 'object' ? draft.template.keys : []}
        problem={problem?.detail}
        onChange={(filter) => change({ filter })}
      />
      {recent && (
        <Text size="sm" role="status">
          {text.kept(recent.kept, recent.events)}
        </Text>
      )}
    </Stack>
  );
}
