import { useBlocker } from '@tanstack/react-router';
import { Confirm } from '../../parts/confirm.tsx';
import { newIntegration as text } from './strings.ts';

/** Asks before a draft is left. A reload keeps it, and is not asked about. */
export function LeaveGuard({ isDirty }: { readonly isDirty: boolean }) {
  const { status, proceed, reset } = useBlocker({
    shouldBlockFn: ({ next }) => isDirty && !next.pathname.includes('/integrations/new/'),
    enableBeforeUnload: false,
    withResolver: true,
  });
  return (
    <Confirm
      isOpen={status === 'blocked'}
      onClose={() => reset?.()}
      title={text.leaveTitle}
      action={text.leave}
      onConfirm={() => proceed?.()}
    >
      {text.leaveText}
    </Confirm>
  );
}
