import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { start as text } from './strings.ts';

/** One field, "Tenant name", for a key that is bound to no tenant. @param onMade gets the id of the new tenant */
export function TenantForm({ onMade }: { readonly onMade: (id: string) => void }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const queries = useQueryClient();
  const tenants = useQuery({
    queryKey: ['tenants', 'first'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/tenants', { params: { query: { limit: 1 } }, signal })),
  });
  const create = useMutation({
    mutationFn: (wanted: string) => dataOf(api.POST('/v1/tenants', { body: { name: wanted } })),
    async onSuccess({ id }) {
      await queries.invalidateQueries({ queryKey: ['tenants'] });
      onMade(id);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = name.trim();
    setProblem(wanted === '' ? text.nameNeeded : undefined);
    if (wanted !== '') create.mutate(wanted);
  };
  const hasTenants = (tenants.data?.data.length ?? 0) > 0;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Title order={2}>{hasTenants ? text.anotherTenant : text.tenantTitle}</Title>
        <Text size="sm">{text.tenantLead}</Text>
        {create.error && <ProblemAlert error={create.error} />}
        <Group align="flex-start" gap="sm">
          <TextInput
            aria-label={text.tenantName}
            placeholder={text.tenantName}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={problem}
            maxLength={200}
            w={{ base: '100%', sm: 280 }}
            autoComplete="off"
          />
          <Button type="submit" loading={create.isPending}>
            {text.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
