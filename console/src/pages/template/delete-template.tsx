import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useGo } from '../../router/use-go.ts';
import { template } from './strings.ts';

const text = template.remove;

/** Deletes a template once its name is typed. */
export function DeleteTemplate({ template: { id, name, version } }: { readonly template: Schemas['Template'] }) {
  const [isOpen, dialog] = useDisclosure();
  const go = useGo();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/templates/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } } })),
    async onSuccess() {
      notifications.show({ message: text.done(name) });
      go({ to: '/templates' });
      queries.removeQueries({ queryKey: ['template', id] });
      await queries.invalidateQueries({ queryKey: ['templates'] });
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
        {text.text}
      </Confirm>
    </>
  );
}
