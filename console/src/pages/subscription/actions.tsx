import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useGo } from '../../router/use-go.ts';
import { useCan } from '../../session/me.ts';
import { subscription as text } from './strings.ts';

interface Props {
  readonly subscription: Schemas['Subscription'];
}

/** Disable, or Enable where it is disabled; either asks first. */
export function Switch({ subscription: { id, state, version } }: Props) {
  const can = useCan();
  const [isOpen, dialog] = useDisclosure();
  const queries = useQueryClient();
  const isDisabled = state === 'disabled';
  const change = useMutation({
    mutationFn: () => {
      const params = { path: { id }, header: { 'If-Match': `"${version}"` } };
      return dataOf(api.PATCH('/v1/subscriptions/{id}', { params, body: { enabled: isDisabled } }));
    },
    async onSuccess(saved) {
      queries.setQueryData(['subscriptions', 'one', id], saved);
      dialog.close();
      await queries.invalidateQueries({ queryKey: ['subscriptions', 'list'] });
    },
  });
  if (!can('updateSubscription')) return null;
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        {isDisabled ? text.enable : text.disable}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={isDisabled ? text.enableTitle : text.disableTitle}
        action={isDisabled ? text.enable : text.disable}
        isPending={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate()}
      >
        {isDisabled ? text.enableText : text.disableText}
      </Confirm>
    </>
  );
}

/** Deletes a subscription once the name of its event is typed. */
export function Delete({ subscription: { id, event, integrationId, version } }: Props) {
  const can = useCan();
  const [isOpen, dialog] = useDisclosure();
  const go = useGo();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/subscriptions/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } } })),
    async onSuccess() {
      go({ to: '/integrations/$id', params: { id: integrationId } });
      queries.removeQueries({ queryKey: ['subscriptions', 'one', id] });
      await queries.invalidateQueries({ queryKey: ['subscriptions', 'list'] });
    },
  });
  if (!can('deleteSubscription')) return null;
  return (
    <>
      <Button size="sm" variant="default" onClick={dialog.open}>
        {text.remove.button}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.remove.title(event)}
        action={text.remove.action}
        typed={event}
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {text.remove.text}
      </Confirm>
    </>
  );
}
