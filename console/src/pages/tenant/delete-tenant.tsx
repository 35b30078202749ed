import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useCurrentWork } from '../../parts/system/use-system.ts';
import { useGo } from '../../router/use-go.ts';
import { tenant } from './strings.ts';

const text = tenant.remove;

/** Deletes a tenant once its name is typed; says how many open deliveries are cancelled. */
export function DeleteTenant({ tenant: { id, name, version } }: { readonly tenant: Schemas['Tenant'] }) {
  const [isOpen, dialog] = useDisclosure();
  const go = useGo();
  const queries = useQueryClient();
  const { data: work } = useCurrentWork(id);
  const open = work?.complete ? Object.values(work.states).reduce((sum, count) => sum + count, 0) : undefined;
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/tenants/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } } })),
    async onSuccess() {
      notifications.show({ message: text.done(name) });
      go({ to: '/tenants', search: { tenant: undefined } });
      queries.removeQueries({ queryKey: ['tenants', 'one', id] });
      await queries.invalidateQueries({ queryKey: ['tenants', 'list'] });
    },
  });
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        {text.button}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.title(name)}
        action={text.action}
        typed={name}
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        <Text size="sm">{text.text(open)}</Text>
        <Text size="sm">{text.final}</Text>
      </Confirm>
    </>
  );
}
