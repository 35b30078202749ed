import { Accordion, Stack, TextInput } from '@mantine/core';
import { useFormContext } from 'react-hook-form';
import { templateForm as text } from '../../strings/template-form.ts';
import type { TemplateInput } from './template-input.ts';

const IDS = [
  'vibes.campaignToken',
  'vibes.campaignUid',
  'passcreator.guid',
  'walletthat.templateId',
  'passentry.uuid',
] as const;

/** Ids that a vendor's body shows for the template, where they differ from its external id. */
export function VendorIds() {
  const { register, formState } = useFormContext<TemplateInput>();
  const errors = formState.errors.vendor as
    | Readonly<Record<string, Readonly<Record<string, { message?: string }>>>>
    | undefined;
  return (
    <Accordion variant="contained">
      <Accordion.Item value="vendor">
        <Accordion.Control>{text.vendorIds}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="sm">
            {IDS.map((id) => {
              const [vendor = '', name = ''] = id.split('.');
              return (
                <TextInput
                  key={id}
                  label={text.vendorId[id]}
                  error={errors?.[vendor]?.[name]?.message}
                  maxLength={255}
                  autoComplete="off"
                  spellCheck={false}
                  {...register(`vendor.${id}`, { setValueAs: (value: string) => (value === '' ? undefined : value) })}
                />
              );
            })}
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}
