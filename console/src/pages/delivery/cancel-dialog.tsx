import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import type { DialogProps } from './dialog.ts';
import { delivery as text } from './strings.ts';
import { useAct } from './use-act.ts';

export function CancelDialog({ delivery: { id, tenantId }, isOpen, onClose }: DialogProps) {
  const cancel = useAct(
    id,
    () => dataOf(api.POST('/v1/deliveries/{id}/cancel', { params: { path: { id }, query: { tenantId } } })),
    onClose,
  );
  return (
    <Confirm
      isOpen={isOpen}
      onClose={onClose}
      title={text.cancelTitle}
      action={text.cancelAction}
      isPending={cancel.isPending}
      error={cancel.error}
      onConfirm={() => cancel.mutate(undefined)}
    >
      {text.cancelText}
    </Confirm>
  );
}
