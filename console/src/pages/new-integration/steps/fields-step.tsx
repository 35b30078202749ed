import { Checkbox, Stack, Tabs, Text } from '@mantine/core';
import { keepPreviousData, queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../../api/client.ts';
import { FieldsTable, type Mapping, problemsOfFields } from '../../../parts/fields/fields-table.tsx';
import { Loaded } from '../../../parts/loaded.tsx';
import { type Draft, mappingOf, partsOf, type Trigger, triggersOf } from '../draft.ts';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';
import type { ShownPreview } from '../use-draft-preview.ts';

/** Which fields go out, under which names, for each trigger. */
export function FieldsStep({ tenantId, dialect, draft, change, shown }: StepProps & { readonly shown: ShownPreview }) {
  const triggers = triggersOf(draft, dialect).filter(({ kind }) => kind === 'pass');
  const { trigger, setTrigger } = shown;
  const current = triggers.find((one) => one.trigger === trigger);
  const fields = useQuery({ ...fieldsOf(tenantId, draft, trigger), placeholderData: keepPreviousData });
  const described = useQueries({ queries: triggers.map((one) => fieldsOf(tenantId, draft, one.trigger)) });
  const hasField: HasField = (one, field) => {
    const at = triggers.findIndex((other) => other.trigger === one);
    return described[at]?.data?.some(({ name }) => name === field) ?? false;
  };
  if (!current || !trigger) return <Text size="sm">{text.onlyOperational}</Text>;
  const { byField, others } = problemsOfFields(shown.previewed.problems, mappingOf(draft, trigger));
  const changesOf = (one: Trigger): number => {
    const { rename, remove } = mappingOf(draft, one);
    return remove.length + Object.keys(rename).length;
  };
  return (
    <Stack gap="md">
      <Text size="sm">{text.fieldsLead}</Text>
      {draft.template === 'all' && <Text size="sm">{text.allFields}</Text>}
      {triggers.length > 1 && (
        <Tabs value={trigger} onChange={(value) => setTrigger(value as Trigger)}>
          <Tabs.List>
            {triggers.map((one) => (
              <Tabs.Tab key={one.trigger} value={one.trigger}>
                {text.changed(one.event, changesOf(one.trigger))}
              </Tabs.Tab>
            ))}
          </Tabs.List>
        </Tabs>
      )}
      <Loaded query={fields}>
        {(shownFields) => (
          <FieldsTable
            fields={shownFields}
            mapping={mappingOf(draft, trigger)}
            problems={byField}
            passIdPaths={current.passIdPaths}
            onChange={(mapping, field) => {
              const all = triggers.map((one) => one.trigger);
              change(mapped(draft, all, { trigger, mapping, field }, hasField));
            }}
          />
        )}
      </Loaded>
      {others.map(({ pointer, detail }) => (
        <Text key={`${pointer} ${detail}`} size="sm" role="alert">
          <code>{pointer}</code> {detail}
        </Text>
      ))}
      {triggers.length > 1 && (
        <Checkbox
          label={text.alike}
          checked={draft.isMappedAlike}
          onChange={(event) => change({ isMappedAlike: event.currentTarget.checked })}
        />
      )}
    </Stack>
  );
}

function fieldsOf(tenantId: string, draft: Draft, trigger: Trigger | undefined) {
  const parts = partsOf(draft);
  return queryOptions({
    queryKey: ['describe', tenantId, parts, trigger, draft.subscriptionOptions],
    queryFn: async ({ signal }) => {
      const body = { ...parts, trigger: trigger as never, options: draft.subscriptionOptions as never };
      const described = api.POST('/v1/templates/describe', { params: { query: { tenantId } }, body, signal });
      return (await dataOf(described)).fields;
    },
    enabled: trigger !== undefined,
    staleTime: 60_000,
  });
}

/** The triggers whose body has a field. */
type HasField = (trigger: Trigger, field: string) => boolean;

/** The mapping of a trigger, and of the others what has changed about the field. */
function mapped(
  draft: Draft,
  triggers: readonly Trigger[],
  { trigger, mapping, field }: { readonly trigger: Trigger; readonly mapping: Mapping; readonly field: string },
  hasField: HasField,
): Partial<Draft> {
  const mappings: Partial<Record<Trigger, Mapping>> = { ...draft.mappings, [trigger]: mapping };
  if (!draft.isMappedAlike) return { mappings };
  const sentAs = mapping.rename[field];
  const isRemoved = mapping.remove.includes(field);
  for (const other of triggers) {
    if (other === trigger || !hasField(other, field)) continue;
    const { rename, remove } = mappingOf(draft, other);
    const renames = Object.fromEntries(Object.entries(rename).filter(([name]) => name !== field));
    mappings[other] = {
      rename: sentAs === undefined ? renames : { ...renames, [field]: sentAs },
      remove: [...remove.filter((name) => name !== field), ...(isRemoved ? [field] : [])],
    };
  }
  return { mappings };
}
