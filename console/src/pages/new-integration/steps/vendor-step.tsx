import { Box, Radio, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../../api/client.ts';
import { OptionsForm } from '../../../parts/options/options-form.tsx';
import type { Dialect } from '../draft.ts';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';

/** What the receiver expects: the vendor's format, and the options that it has. */
export function VendorStep({ tenantId, dialects, dialect, draft, change }: StepProps) {
  const [usesExisting, setUsesExisting] = useState(draft.existing !== undefined);
  return (
    <Stack gap="md">
      <Radio.Group
        aria-label={text.useExisting}
        value={usesExisting ? 'existing' : 'new'}
        onChange={(value) => {
          setUsesExisting(value === 'existing');
          if (value === 'new') change({ existing: undefined });
        }}
      >
        <Stack gap={6}>
          <Radio value="new" label={text.newOne} />
          <Radio value="existing" label={text.useExisting} />
        </Stack>
      </Radio.Group>
      {usesExisting ? (
        <Existing tenantId={tenantId} draft={draft} change={change} />
      ) : (
        <>
          <Formats
            dialects={dialects}
            chosen={dialect}
            onChoose={(one) => change(chosenDialect(one, draft.name, dialects))}
          />
          {dialect && <NameField tenantId={tenantId} draft={draft} change={change} />}
          {dialect && (
            <OptionsForm schema={dialect.options} options={draft.options} onChange={(options) => change({ options })} />
          )}
        </>
      )}
    </Stack>
  );
}

/** Its options begin anew; its name follows, unless a person has given another one. */
function chosenDialect({ name, label }: Dialect, given: string, dialects: readonly Dialect[]) {
  const isGiven = given !== '' && !dialects.some((one) => one.label === given);
  return { dialect: name, options: {}, subscriptionOptions: {}, ...(!isGiven && { name: label }) };
}

interface FormatsProps {
  readonly dialects: readonly Dialect[];
  readonly chosen: Dialect | undefined;
  onChoose(dialect: Dialect): void;
}

function Formats({ dialects, chosen, onChoose }: FormatsProps) {
  return (
    <Radio.Group
      label={text.format}
      value={chosen?.name ?? null}
      onChange={(name) => {
        const dialect = dialects.find((one) => one.name === name);
        if (dialect) onChoose(dialect);
      }}
    >
      <Stack gap="xs" mt={4}>
        {dialects.map((dialect) => (
          <Radio.Card key={dialect.name} value={dialect.name} p="sm" aria-label={dialect.label}>
            <Box style={{ display: 'flex', gap: 12 }}>
              <Radio.Indicator mt={2} />
              <div>
                <Text fw={600} size="sm">
                  {dialect.label}
                </Text>
                <Text size="sm">{dialect.description}</Text>
                <Text size="xs" c="dimmed">
                  {text.signedWith(
                    dialect.signatures.filter(({ always }) => always).map(({ location }) => plain(location)),
                  )}{' '}
                  {retries(dialect)}
                </Text>
              </div>
            </Box>
          </Radio.Card>
        ))}
      </Stack>
    </Radio.Group>
  );
}

function retries({ policy: { retryDelaysMs } }: Dialect): string {
  return text.retried(
    retryDelaysMs.length + 1,
    retryDelaysMs.reduce((sum, ms) => sum + ms, 0),
  );
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}

function NameField({ tenantId, draft, change }: Pick<StepProps, 'tenantId' | 'draft' | 'change'>) {
  const name = draft.name.trim();
  const found = useNamed(tenantId, name);
  const isTaken = found.some((one) => one.name.toLowerCase() === name.toLowerCase());
  return (
    <TextInput
      label={text.name}
      description={isTaken ? text.nameTaken : text.nameHint}
      required
      value={draft.name}
      maxLength={255}
      autoComplete="off"
      onChange={(event) => change({ name: event.currentTarget.value })}
    />
  );
}

function useNamed(tenantId: string, name: string) {
  const [wanted] = useDebouncedValue(name, 300);
  const { data } = useQuery({
    queryKey: ['integrations', tenantId, 'named', wanted],
    queryFn: ({ signal }) => {
      const query = { tenantId, limit: 20, ...(wanted !== '' && { q: wanted }) };
      return dataOf(api.GET('/v1/integrations', { params: { query }, signal }));
    },
  });
  return data?.data ?? [];
}

function Existing({ tenantId, draft, change }: Pick<StepProps, 'tenantId' | 'draft' | 'change'>) {
  const [typed, setTyped] = useState('');
  const found = useNamed(tenantId, typed.trim());
  const chosen = draft.existing;
  const others = found.filter(({ id }) => id !== chosen?.id);
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {text.existing}
      </Title>
      <Select
        aria-label={text.existing}
        placeholder={text.existing}
        searchable
        data={[
          ...(chosen ? [{ value: chosen.id, label: chosen.name }] : []),
          ...others.map(({ id, name, dialect }) => ({ value: id, label: `${name} (${dialect})` })),
        ]}
        filter={({ options }) => options}
        value={chosen?.id ?? null}
        onSearchChange={setTyped}
        onChange={(id) => {
          const integration = found.find((one) => one.id === id);
          if (!integration) return;
          const { name, dialect, options } = integration;
          change({ existing: { id: integration.id, name }, dialect, name, options, subscriptionOptions: {} });
        }}
        w={{ base: '100%', sm: 360 }}
      />
    </Stack>
  );
}
