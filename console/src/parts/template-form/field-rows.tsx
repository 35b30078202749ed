import { ActionIcon, Button, Group, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { Controller, useFieldArray, useFormContext } from 'react-hook-form';
import { templateForm as text } from '../../strings/template-form.ts';
import type { TemplateInput } from './template-input.ts';

const TYPES = ['text', 'number', 'boolean', 'date'] as const;
const AREAS = ['headerFields', 'primaryFields', 'secondaryFields', 'auxiliaryFields', 'backFields'] as const;
const MOST = 500;

/** The fields of a template, in the order of the bodies. */
export function FieldRows() {
  const { control } = useFormContext<TemplateInput>();
  const { fields, append, remove } = useFieldArray({ control, name: 'fields' });
  return (
    <Stack gap="sm">
      {fields.length === 0 && <Text size="sm">{text.noFields}</Text>}
      {fields.map(({ id }, index) => (
        <Row key={id} index={index} onRemove={() => remove(index)} />
      ))}
      <Group>
        <Button
          size="xs"
          variant="default"
          disabled={fields.length >= MOST}
          onClick={() => append({ key: '', type: 'text', personalised: true })}
        >
          {text.addField}
        </Button>
      </Group>
    </Stack>
  );
}

function Row({ index, onRemove }: { readonly index: number; onRemove(): void }) {
  const { register, control, formState } = useFormContext<TemplateInput>();
  const errors = formState.errors.fields?.[index];
  const number = index + 1;
  const at = `fields.${index}` as const;
  return (
    <Group gap="xs" align="flex-start" role="group" aria-label={text.field(number)}>
      <TextInput
        aria-label={text.key(number)}
        placeholder={text.keyName}
        error={errors?.key?.message}
        maxLength={128}
        spellCheck={false}
        autoComplete="off"
        flex={{ base: '1 1 100%', sm: '2 1 140px' }}
        {...register(`${at}.key`)}
      />
      <TextInput
        aria-label={text.label(number)}
        placeholder={text.labelName}
        maxLength={128}
        autoComplete="off"
        flex={{ base: '1 1 45%', sm: '2 1 120px' }}
        {...register(`${at}.label`, { setValueAs: emptyIsNone })}
      />
      <Controller
        control={control}
        name={`${at}.type`}
        render={({ field }) => (
          <Select
            aria-label={text.type(number)}
            allowDeselect={false}
            data={TYPES.map((value) => ({ value, label: text.types[value] }))}
            value={field.value ?? 'text'}
            onChange={field.onChange}
            flex={{ base: '1 1 40%', sm: '1 1 100px' }}
          />
        )}
      />
      <TextInput
        aria-label={text.sample(number)}
        placeholder={text.sampleName}
        error={errors?.sample?.message}
        autoComplete="off"
        flex={{ base: '1 1 45%', sm: '2 1 110px' }}
        {...register(`${at}.sample`, { setValueAs: emptyIsNone })}
      />
      <Controller
        control={control}
        name={`${at}.area`}
        render={({ field }) => (
          <Select
            aria-label={text.area(number)}
            placeholder={text.areaName}
            clearable
            data={AREAS.map((value) => ({ value, label: text.areas[value] }))}
            value={field.value ?? null}
            onChange={(value) => field.onChange(value ?? undefined)}
            flex={{ base: '1 1 40%', sm: '1 1 120px' }}
          />
        )}
      />
      <Controller
        control={control}
        name={`${at}.index`}
        render={({ field }) => (
          <NumberInput
            aria-label={text.index(number)}
            placeholder={text.indexName}
            min={0}
            max={999}
            value={field.value ?? ''}
            onChange={(value) => field.onChange(typeof value === 'number' ? value : undefined)}
            w={80}
          />
        )}
      />
      <Controller
        control={control}
        name={`${at}.personalised`}
        render={({ field }) => (
          <Switch
            label={text.personalised}
            aria-label={text.isPersonalised(number)}
            checked={field.value ?? true}
            onChange={(event) => field.onChange(event.currentTarget.checked)}
            mt={8}
          />
        )}
      />
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={text.removeField(number)} onClick={onRemove}>
        <IconTrash size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function emptyIsNone<T>(value: T | ''): T | undefined {
  return value === '' ? undefined : value;
}
