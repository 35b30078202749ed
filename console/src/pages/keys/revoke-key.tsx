import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { keys as text } from './strings.ts';

/** Revokes a key once its name is typed. Nothing for one that is revoked. */
export function RevokeKey({ apiKey: { id, name, revokedAt } }: { readonly apiKey: Schemas['ApiKey'] }) {
  const [isOpen, dialog] = useDisclosure();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => dataOf(api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } })),
    async onSuccess() {
      dialog.close();
      await queries.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  if (revokedAt !== null) return null;
  return (
    <>
      <Button size="compact-sm" variant="default" aria-label={text.revokeOf(name)} onClick={dialog.open}>
        {text.revoke}
      </Button>
      <Confirm
        isOpen={isOpen}
        onClose={dialog.close}
        title={text.revokeTitle(name)}
        action={text.revokeAction}
        typed={name}
        isPending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      >
        {text.revokeText}
      </Confirm>
    </>
  );
}
