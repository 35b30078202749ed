import { zodResolver } from '@hookform/resolvers/zod';
import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useEffect } from 'react';
import { FormProvider, type UseFormReturn, useForm } from 'react-hook-form';
import type { Schemas } from '../../../../client/index.ts';
import { ApiError } from '../../api/api-error.ts';
import { templateForm as text } from '../../strings/template-form.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import { FieldRows } from './field-rows.tsx';
import { FromSample } from './from-sample.tsx';
import { type TemplateInput, templateSchema } from './template-input.ts';
import { VendorIds } from './vendor-ids.tsx';

const PASS_TYPES = ['generic', 'eventTicket', 'storeCard', 'coupon', 'boardingPass'] as const;

interface Props {
  readonly template: TemplateInput;
  /** The word on the button. */
  readonly action: string;
  readonly isPending: boolean;
  readonly error: unknown;
  readonly isReadOnly?: boolean;
  onSubmit(template: TemplateInput): void;
}

/** A template by hand, or read from a pasted event or pass. */
export function TemplateForm({ template, action, isPending, error, isReadOnly = false, onSubmit }: Props) {
  const form = useForm<TemplateInput>({
    defaultValues: template,
    resolver: zodResolver(templateSchema) as never,
    mode: 'onTouched',
  });
  const { register, handleSubmit, formState, setValue, watch } = form;
  useProblems(form, error);
  const { errors } = formState;
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void handleSubmit((given) => onSubmit(cleaned(given)))(event)} noValidate>
        <fieldset disabled={isReadOnly} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
          <Stack gap="md">
            {error !== null && error !== undefined && <ProblemAlert error={error} />}
            <Group align="flex-start" gap="sm" grow preventGrowOverflow={false}>
              <TextInput
                label={text.name}
                required
                error={errors.name?.message}
                maxLength={255}
                autoComplete="off"
                {...register('name')}
              />
              <TextInput
                label={text.externalId}
                description={text.externalIdHint}
                error={errors.externalId?.message}
                autoComplete="off"
                spellCheck={false}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                {...register('externalId', { setValueAs: (value: string) => (value === '' ? undefined : value) })}
              />
              <Select
                label={text.passType}
                allowDeselect={false}
                data={PASS_TYPES.map((value) => ({ value, label: text.passTypes[value] }))}
                value={watch('passType') ?? 'generic'}
                onChange={(value) => setValue('passType', value as (typeof PASS_TYPES)[number], { shouldDirty: true })}
              />
            </Group>
            <Title order={3} size="h5">
              {text.fields}
            </Title>
            {!isReadOnly && <FromSample />}
            <FieldRows />
            <VendorIds />
            {!isReadOnly && (
              <Group>
                <Button type="submit" loading={isPending}>
                  {action}
                </Button>
                {Object.keys(errors).length > 0 && <Text size="sm">{text.lookAgain}</Text>}
              </Group>
            )}
          </Stack>
        </fieldset>
      </form>
    </FormProvider>
  );
}

/** Puts what the API refuses to its fields. */
function useProblems({ setError }: UseFormReturn<TemplateInput>, error: unknown): void {
  useEffect(() => {
    if (!(error instanceof ApiError)) return;
    for (const { pointer, detail } of error.problem.errors ?? []) {
      setError(pointer.slice(1).replaceAll('/', '.') as 'name', { message: detail });
    }
  }, [error, setError]);
}

/** Texts that were left empty are left out. */
function cleaned({ fields = [], externalId, vendor, ...rest }: TemplateInput): TemplateInput {
  return {
    ...rest,
    ...(externalId && { externalId }),
    ...(vendor && { vendor: withoutEmpty(vendor) }),
    fields: fields.map(({ label, area, index, sample, ...field }) => ({
      ...field,
      ...(label && { label }),
      ...(area && { area }),
      ...(typeof index === 'number' && { index }),
      ...(sample !== undefined && sample !== '' && { sample: typedSample(field.type, sample) }),
    })),
  };
}

function typedSample(type: Schemas['TemplateField']['type'], sample: string | number | boolean) {
  if (type === 'number' && typeof sample === 'string' && sample.trim() !== '' && Number.isFinite(Number(sample))) {
    return Number(sample);
  }
  return type === 'boolean' && (sample === 'true' || sample === 'false') ? sample === 'true' : sample;
}

function withoutEmpty(vendor: Schemas['VendorIds']): Schemas['VendorIds'] {
  const kept = Object.entries(vendor).map(([name, ids]) => [
    name,
    Object.fromEntries(Object.entries(ids ?? {}).filter(([, id]) => id !== '' && id !== undefined)),
  ]);
  return Object.fromEntries(kept.filter(([, ids]) => Object.keys(ids as object).length > 0)) as Schemas['VendorIds'];
}
