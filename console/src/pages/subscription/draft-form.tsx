import { Button, Grid, Group, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { Conflict } from '../../parts/conflict.tsx';
import { SAMPLE, type Source } from '../../parts/preview/event-source.tsx';
import { PreviewPanel } from '../../parts/preview/preview-panel.tsx';
import { type PreviewInput, usePreview } from '../../parts/preview/use-preview.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { changedMembers, useVersionedSave } from '../../parts/use-versioned-save.ts';
import { useCan } from '../../session/me.ts';
import { subscription as text } from './strings.ts';

type Subscription = Schemas['Subscription'];
type Draft = Pick<Subscription, 'mapping' | 'filter'>;

interface Props {
  readonly subscription: Subscription;
  /** The member that the form changes. */
  readonly member: keyof Draft;
  children(
    draft: Draft,
    change: (draft: Draft) => void,
    problems: readonly Schemas['FieldError'][],
    isReadOnly: boolean,
  ): ReactNode;
}

/** Fields or filter with what the receiver gets beside them, saved with `If-Match`. */
export function DraftForm({ subscription, member, children }: Props) {
  const isReadOnly = !useCan()('updateSubscription');
  const queries = useQueryClient();
  const membersOf = (from: Subscription) => ({ [member]: from[member] });
  const [base, setBase] = useState(subscription);
  const [draft, change] = useState<Draft>(subscription);
  const [source, setSource] = useState<Source>(SAMPLE);
  const { id, tenantId, integrationId, templateId, trigger, url, options, knownFields } = base;
  const { mapping, filter } = draft;
  const event =
    source.kind === 'past' ? { eventId: source.eventId } : source.kind === 'pasted' ? { event: source.event } : {};
  const input = { integrationId, templateId, trigger, url, options, knownFields, mapping, filter, ...event };
  const previewed = usePreview(tenantId, input as PreviewInput);
  const path = { id };
  const fill = (from: Subscription): void => {
    setBase(from);
    change(from);
    queries.setQueryData(['subscriptions', 'one', id], from);
  };
  const saving = useVersionedSave({
    base,
    membersOf,
    read: () => dataOf(api.GET('/v1/subscriptions/{id}', { params: { path } })),
    write(changes, version) {
      const params = { path, header: { 'If-Match': `"${version}"` } };
      return dataOf(api.PATCH('/v1/subscriptions/{id}', { params, body: changes as Schemas['SubscriptionPatch'] }));
    },
    async onSaved(saved) {
      fill(saved);
      await queries.invalidateQueries({ queryKey: ['audit'] });
    },
  });
  const mine = { [member]: draft[member] };
  const isChanged = changedMembers(membersOf(base), mine).length > 0;
  const submit = (submitted: FormEvent): void => {
    submitted.preventDefault();
    if (isChanged) saving.save(mine);
  };
  return (
    <>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <form onSubmit={submit} noValidate>
            <Stack gap="sm">
              {children(draft, change, previewed.problems, isReadOnly)}
              {saving.error && !saving.conflict && <ProblemAlert error={saving.error} />}
              {!isReadOnly && (
                <Group>
                  <Button type="submit" loading={saving.isPending} disabled={!isChanged}>
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
          </form>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <PreviewPanel
            tenantId={tenantId}
            trigger={trigger}
            previewed={previewed}
            mapping={mapping}
            source={source}
            onSource={setSource}
          />
        </Grid.Col>
      </Grid>
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
    </>
  );
}
