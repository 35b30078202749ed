import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useGo } from '../../router/use-go.ts';
import { integration as all } from './strings.ts';

const text = all.remove;
const MOST = 100;

/** Deletes an integration once its name is typed; says how many subscriptions end. */
export function DeleteIntegration({ integration }: { readonly integration: Schemas['Integration'] }) {
  const { id, tenantId, name, version } = integration;
  const [isOpen, dialog] = useDisclosure();
  const go = useGo();
  const queries = useQueryClient();
  const { data: subscriptions } = useQuery({
    queryKey: ['subscriptions', 'count', id],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/subscriptions', { params: { query: { tenantId, integrationId: id, limit: MOST } }, signal })),
    enabled: isOpen,
  });
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/integrations/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } } })),
    async onSuccess() {
      notifications.show({ message: text.done(name) });
      go({ to: '/integrations' });
      queries.removeQueries({ queryKey: ['integrations', 'one', id] });
      await queries.invalidateQueries({ queryKey: ['integrations', 'list'] });
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
        <Text size="sm">{text.text(subscriptions?.nextCursor === null ? subscriptions.data.length : undefined)}</Text>
        <Text size="sm">{text.final}</Text>
      </Confirm>
    </>
  );
}
