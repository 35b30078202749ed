import { Button, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Conflict } from '../../parts/conflict.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { changedMembers, type Members, useVersionedSave } from '../../parts/use-versioned-save.ts';
import { useCan } from '../../session/me.ts';
import { integration as text } from './strings.ts';

type Integration = Schemas['Integration'];

interface Props<M extends Members> {
  readonly integration: Integration;
  membersOf(integration: Integration): M;
  /** The patch for what was changed, where the form has other members than the API. */
  toPatch?(changes: Partial<M>): Schemas['IntegrationPatch'];
  isValid?(mine: M): boolean;
  children(mine: M, change: (mine: M) => void, isReadOnly: boolean): ReactNode;
}

/** Some members of an integration as a form, saved with `If-Match`; read only for those who may not change them. */
export function IntegrationForm<M extends Members>({ integration, membersOf, toPatch, isValid, children }: Props<M>) {
  const isReadOnly = !useCan()('updateIntegration');
  const queries = useQueryClient();
  const [base, setBase] = useState(integration);
  const [mine, change] = useState(() => membersOf(integration));
  const { id } = base;
  const path = { id };
  const fill = (from: Integration): void => {
    setBase(from);
    change(membersOf(from));
    queries.setQueryData(['integrations', 'one', id], from);
  };
  const saving = useVersionedSave<Integration, M>({
    base,
    membersOf,
    read: () => dataOf(api.GET('/v1/integrations/{id}', { params: { path } })),
    write(changes, version) {
      const params = { path, header: { 'If-Match': `"${version}"` } };
      return dataOf(api.PATCH('/v1/integrations/{id}', { params, body: toPatch?.(changes) ?? patchOf(base, changes) }));
    },
    async onSaved(saved) {
      fill(saved);
      await Promise.all([['integrations', 'list'], ['audit']].map((queryKey) => queries.invalidateQueries({ queryKey })));
    },
  });
  const isChanged = changedMembers(membersOf(base), mine).length > 0;
  const canSave = isChanged && (isValid?.(mine) ?? true);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (canSave) saving.save(mine);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm" maw={560}>
        {children(mine, change, isReadOnly)}
        {saving.error && !saving.conflict && <ProblemAlert error={saving.error} />}
        {!isReadOnly && (
          <Group>
            <Button type="submit" loading={saving.isPending} disabled={!canSave}>
              {text.save}
            </Button>
            {saving.isSaved && !isChanged && (
              <Text size="sm" c="dimmed" role="status">
                {text.saved}
              </Text>
            )}
          </Group>
        )}
      </Stack>
      {saving.conflict && (
        <Conflict
          id={id}
          conflict={saving.conflict}
          isPending={saving.isPending}
          error={saving.error}
          onApplyMine={saving.applyMine}
          onTakeTheirs={() => {
            if (saving.conflict) fill(saving.conflict.theirs);
            saving.close();
          }}
          onClose={saving.close}
        />
      )}
    </form>
  );
}

/** Objects are merged by the API: what is left out of one becomes null, which restores its default. Headers are replaced whole. */
function patchOf(base: Integration, changes: Members): Schemas['IntegrationPatch'] {
  const merged = Object.entries(changes).map(([name, value]) => {
    const before = base[name as keyof Integration];
    const isMerged = name !== 'headers' && typeof before === 'object' && before !== null;
    const nulls = isMerged ? Object.fromEntries(Object.keys(before).map((member) => [member, null])) : {};
    return [name, isMerged ? { ...nulls, ...(value as object) } : value];
  });
  return Object.fromEntries(merged) as Schemas['IntegrationPatch'];
}
