import { Button, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useGo } from '../../router/use-go.ts';
import { tenants as text } from './strings.ts';

/** A new tenant, of which only the name is asked. */
export function NewTenant() {
  const [isOpen, dialog] = useDisclosure();
  const [name, setName] = useState('');
  const go = useGo();
  const queries = useQueryClient();
  const create = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/tenants', { body: { name: name.trim() } })),
    async onSuccess({ id }) {
      await queries.invalidateQueries({ queryKey: ['tenants'] });
      go({ to: '/tenants/$id', params: { id } });
    },
  });
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
        isAllowed={name.trim() !== ''}
        isPending={create.isPending}
        error={create.error}
        onConfirm={() => create.mutate()}
      >
        <TextInput
          label={text.name}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={255}
          autoComplete="off"
          data-autofocus
        />
      </Confirm>
    </>
  );
}
