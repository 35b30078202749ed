import { Alert, Button, Code, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { keys as text } from './strings.ts';

const ROLES = ['tenant', 'producer', 'support', 'admin'] as const;
type Role = (typeof ROLES)[number];

/** Makes a key, and shows it once. */
export function NewKey() {
  const [isOpen, dialog] = useDisclosure();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('tenant');
  const [tenantId, setTenantId] = useState('');
  const queries = useQueryClient();
  const tenant = tenantId.trim();
  const create = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/api-keys', { body: { name: name.trim(), role, ...(tenant !== '' && { tenantId: tenant }) } })),
    async onSuccess() {
      dialog.close();
      setName('');
      setTenantId('');
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const needsTenant = role === 'tenant' && tenant === '';
  return (
    <>
      <Button size="sm" onClick={dialog.open}>
        {text.make}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.makeTitle}
        action={text.makeAction}
        isAllowed={name.trim() !== '' && !needsTenant}
        isPending={create.isPending}
        error={create.error}
        onConfirm={() => create.mutate()}
      >
        <Stack gap="sm">
          <TextInput
            label={text.name}
            description={text.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={255}
            autoComplete="off"
            data-autofocus
          />
          <Select
            label={text.role}
            allowDeselect={false}
            value={role}
            onChange={(value) => setRole(value as Role)}
            data={ROLES.map((value) => ({ value, label: text.roles[value] }))}
          />
          {role !== 'admin' && (
            <TextInput
              label={text.tenant}
              description={role === 'tenant' ? text.tenantNeeded : text.tenantHint}
              value={tenantId}
              onChange={(event) => setTenantId(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          )}
        </Stack>
      </Confirm>
      <Modal opened={create.data !== undefined} onClose={create.reset} title={text.shownTitle}>
        <Stack gap="md">
          <Code block data-testid="new-key">
            {create.data?.key}
          </Code>
          <Alert color="gray">{text.shownText}</Alert>
          <Group justify="flex-end">
            <CopyText value={create.data?.key ?? ''}>{text.copy}</CopyText>
            <Button onClick={create.reset}>{text.close}</Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
