import { Button, Group, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Facts } from '../../parts/facts.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useCan } from '../../session/me.ts';
import { tenant } from './strings.ts';

const text = tenant.settings;
const MAX_DAYS = 36_500;

interface Props {
  readonly tenant: Schemas['Tenant'];
}

/** Name and retention: a form for those who may change them, else the values. */
export function Settings(props: Props) {
  return useCan()('updateTenant') ? <Form {...props} /> : <Values {...props} />;
}

function Values({ tenant: { name, retention } }: Props) {
  const { bodyDays } = retention;
  return (
    <Facts
      facts={[
        [text.name, name],
        [text.bodyDays, bodyDays === undefined ? text.default : text.days(bodyDays)],
      ]}
    />
  );
}

function Form({ tenant: { id, name, retention, version } }: Props) {
  const [wanted, setName] = useState(name);
  const [days, setDays] = useState<number | string>(retention.bodyDays ?? '');
  const queries = useQueryClient();
  const hasName = wanted.trim() !== '';
  const hasDays = days === '' || (Number.isInteger(days) && Number(days) >= 1 && Number(days) <= MAX_DAYS);
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        api.PATCH('/v1/tenants/{id}', {
          params: { path: { id }, header: { 'If-Match': `"${version}"` } },
          body: { name: wanted.trim(), retention: days === '' ? {} : { bodyDays: Number(days) } },
        }),
      ),
    async onSuccess() {
      await Promise.all([['tenants'], ['tenant', id]].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
  const isChanged = wanted.trim() !== name || days !== (retention.bodyDays ?? '');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (hasName && hasDays) save.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" maw={480}>
        <TextInput
          label={text.name}
          value={wanted}
          onChange={(event) => setName(event.currentTarget.value)}
          error={hasName ? undefined : text.nameNeeded}
          maxLength={255}
          autoComplete="off"
        />
        <NumberInput
          label={text.bodyDays}
          description={text.bodyDaysHint}
          value={days}
          onChange={setDays}
          error={hasDays ? undefined : text.badDays}
          allowDecimal={false}
          allowNegative={false}
          hideControls
        />
        {save.error && <ProblemAlert error={save.error} />}
        <Group>
          <Button type="submit" variant="default" loading={save.isPending} disabled={!isChanged || !hasName || !hasDays}>
            {text.save}
          </Button>
          {save.isSuccess && !isChanged && (
            <Text size="sm" c="dimmed">
              {text.saved}
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  );
}
