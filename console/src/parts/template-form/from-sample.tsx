import { Button, Group, List, Stack, Text, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormContext } from 'react-hook-form';
import { api, dataOf } from '../../api/client.ts';
import { templateForm as text } from '../../strings/template-form.ts';
import { ProblemAlert } from '../problem-alert.tsx';
import type { TemplateInput } from './template-input.ts';

/** What is larger is not even parsed. */
const MAX_BYTES = 1024 * 1024;

/** Reads the fields from an event or a pass that is pasted. */
export function FromSample() {
  const { setValue, getValues } = useFormContext<TemplateInput>();
  const [isOpen, { toggle, close }] = useDisclosure();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string>();
  const infer = useMutation({
    mutationFn: (sample: unknown) => dataOf(api.POST('/v1/templates/infer', { body: { sample } })),
    onSuccess({ fields, externalId, passType }) {
      setValue('fields', fields, { shouldDirty: true });
      setValue('passType', passType, { shouldDirty: true });
      if (externalId !== null && !getValues('externalId')) setValue('externalId', externalId, { shouldDirty: true });
      close();
    },
  });
  const read = (): void => {
    const isTooLarge = new Blob([typed]).size > MAX_BYTES;
    const sample = isTooLarge ? undefined : parsed(typed);
    setProblem(isTooLarge ? text.tooLarge : sample === undefined ? text.noJson : undefined);
    if (sample !== undefined) infer.mutate(sample);
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Button size="xs" variant="default" onClick={toggle} aria-expanded={isOpen}>
        {text.paste}
      </Button>
      {isOpen && (
        <Stack gap="xs" w="100%">
          <Textarea
            label={text.pasteLabel}
            autosize
            minRows={4}
            maxRows={12}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            error={problem}
            spellCheck={false}
          />
          {infer.error && <ProblemAlert error={infer.error} />}
          <Group>
            <Button size="xs" onClick={read} loading={infer.isPending} disabled={typed.trim() === ''}>
              {text.readFields}
            </Button>
          </Group>
        </Stack>
      )}
      {infer.data && (
        <Text size="sm" role="status">
          {text.found(infer.data.fields.length)}
        </Text>
      )}
      {infer.data && infer.data.warnings.length > 0 && (
        <List size="sm">
          {infer.data.warnings.map(({ pointer, detail }) => (
            <List.Item key={pointer}>
              <code>{pointer}</code> {detail}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
