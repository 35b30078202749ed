import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import type { DialogProps } from './dialog.ts';
import { delivery as text } from './strings.ts';
import { useAct } from './use-act.ts';

interface Props extends DialogProps {
  readonly kind: 'enable_endpoint' | 'enable_subscription';
}

/** Enables what holds the delivery. */
export function EnableDialog({ delivery: { id, tenantId, actions }, isOpen, onClose, kind }: Props) {
  const target = actions.find(({ name }) => name === kind)?.target ?? '';
  const params = { path: { id: target }, query: { tenantId } };
  const enable = useAct(
    id,
    async () => {
      if (kind === 'enable_endpoint') await dataOf(api.POST('/v1/endpoints/{id}/enable', { params }));
      else await dataOf(api.PATCH('/v1/subscriptions/{id}', { params, body: { enabled: true } }));
    },
    onClose,
  );
  return (
    <Confirm
      isOpen={isOpen}
      onClose={onClose}
      title={text.enableTitle(text.actions[kind])}
      action={text.enable}
      isPending={enable.isPending}
      error={enable.error}
      onConfirm={() => enable.mutate(undefined)}
    >
      {kind === 'enable_endpoint' ? text.enableEndpointText : text.enableSubscriptionText}
    </Confirm>
  );
}
