import { useMutation, useQueryClient } from '@tanstack/react-query';

/** A change of a delivery, after which it and the lists are loaded again. */
export function useAct<T, R>(id: string, act: (input: T) => Promise<R>, onDone: (result: R) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    async onSuccess(result) {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['delivery', id] }),
        client.invalidateQueries({ queryKey: ['deliveries'] }),
        client.invalidateQueries({ queryKey: ['dead-letters'] }),
      ]);
      onDone(result);
    },
  });
}
