import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf } from '../../../api/client.ts';
import { ProblemAlert } from '../../../parts/problem-alert.tsx';
import { type Draft, emptyDraft, mappingOf, type Step, triggersOf } from '../draft.ts';
import { NOTHING_SAVED, type Refusal, type Saved, save, stepOf } from '../save.ts';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';
import { AfterSave } from './after-save.tsx';

interface Props extends StepProps {
  /** Earlier steps that need another look. */
  readonly unfinished: readonly Step[];
  /** What an earlier press of the button has made; undefined: it was not pressed yet. */
  readonly saved: Saved | undefined;
  onGoTo(step: Step): void;
  onSaved(saved: Saved | undefined): void;
}

/** All of it in sentences, and the button that makes it; then secret, tests and the first event. */
export function SaveStep(props: Props) {
  const { tenantId, dialect, draft, unfinished, saved = NOTHING_SAVED, onGoTo, onSaved, change } = props;
  const queries = useQueryClient();
  const [isLost, setLost] = useState(false);
  const saving = useMutation({
    mutationFn: async () => (dialect ? save(tenantId, draft, dialect, saved, () => setLost(true)) : saved),
    onSuccess: onSaved,
    async onSettled() {
      setLost(false);
      await queries.invalidateQueries({ predicate: ({ queryKey: [name] }) => CHANGED.has(String(name)) });
    },
  });
  const undo = useMutation({
    mutationFn: (id: string) => dataOf(api.DELETE('/v1/integrations/{id}', { params: { path: { id } } })),
    onSuccess() {
      onSaved(undefined);
      change({ key: emptyDraft().key });
    },
  });
  const isDone = props.saved !== undefined && saved.refusals.length === 0;
  if (isDone && dialect) return <AfterSave tenantId={tenantId} dialect={dialect} draft={draft} saved={saved} />;
  const hasPart = saved.integration !== undefined || Object.keys(saved.subscriptions).length > 0;
  return (
    <Stack gap="md">
      <Summary {...props} isFixed={hasPart} />
      {unfinished.length > 0 && (
        <Alert color="gray" variant="outline" title={text.unfinished}>
          <Group gap="xs">
            {unfinished.map((step) => (
              <Button key={step} size="compact-sm" variant="default" onClick={() => onGoTo(step)}>
                {text.names[step]}
              </Button>
            ))}
          </Group>
        </Alert>
      )}
      {saved.refusals.length > 0 && <Refusals {...props} saved={saved} />}
      {saving.error && <ProblemAlert error={saving.error} />}
      {undo.error && <ProblemAlert error={undo.error} />}
      {undo.isSuccess && !hasPart && <Text size="sm">{text.undone}</Text>}
      {isLost && (
        <Text size="sm" role="status">
          {text.checkingSaved}
        </Text>
      )}
      <Group gap="sm">
        <Button onClick={() => saving.mutate()} loading={saving.isPending} disabled={unfinished.length > 0}>
          {hasPart ? text.saveRest : text.save}
        </Button>
        {saved.integration && (
          <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate(saved.integration?.id ?? '')}>
            {text.undo}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Lists that what is saved belongs to. */
const CHANGED = new Set(['integrations', 'subscriptions', 'endpoints', 'endpoint-check', 'me']);

function Summary({ dialect, draft, onGoTo, isFixed }: Props & { readonly isFixed: boolean }) {
  return (
    <List spacing={6} size="sm">
      {sentences(draft, dialect).map(([step, sentence]) => (
        <List.Item key={sentence}>
          {sentence}{' '}
          {(!isFixed || step !== 'vendor') && (
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={text.change(text.names[step])}
              onClick={() => onGoTo(step)}
            >
              {text.change(text.names[step])}
            </Button>
          )}
        </List.Item>
      ))}
    </List>
  );
}

function sentences(draft: Draft, dialect: StepProps['dialect']): readonly (readonly [Step, string])[] {
  const triggers = triggersOf(draft, dialect);
  const mappings = triggers.map(({ trigger }) => mappingOf(draft, trigger));
  const removed = mappings.reduce((sum, { remove }) => sum + remove.length, 0);
  const renamed = mappings.reduce((sum, { rename }) => sum + Object.keys(rename).length, 0);
  const { summary } = text;
  return [
    ['vendor', draft.existing ? summary.existing(draft.existing.name) : summary.vendor(dialect?.label ?? '', draft.name)],
    ['endpoint', summary.endpoint(draft.url.trim())],
    ['template', typeof draft.template === 'object' ? summary.template(draft.template.name) : summary.all],
    ['triggers', summary.triggers(triggers.map(({ event }) => event))],
    ...(draft.isOrdered ? ([['triggers', summary.ordered]] as const) : []),
    ['fields', summary.fields(removed, renamed)],
    ['filter', draft.filter === null ? summary.noFilter : summary.filter],
  ];
}

function Refusals({ dialect, draft, saved, onGoTo }: Props & { readonly saved: Saved }) {
  const { refusals, integration } = saved;
  const ofTriggers = refusals.filter(({ trigger }) => trigger !== undefined);
  const all = triggersOf(draft, dialect).length;
  return (
    <Stack gap="sm" role="alert">
      {ofTriggers.length > 0 && (
        <Text size="sm">
          {integration
            ? text.partly(integration.name, ofTriggers.length, all)
            : text.partlyExisting(ofTriggers.length, all)}
        </Text>
      )}
      {refusals.map((refusal) => (
        <Refused key={refusal.trigger ?? ''} refusal={refusal} dialect={dialect} onGoTo={onGoTo} />
      ))}
    </Stack>
  );
}

interface RefusedProps extends Pick<Props, 'dialect' | 'onGoTo'> {
  readonly refusal: Refusal;
}

function Refused({ refusal, dialect, onGoTo }: RefusedProps) {
  const step = stepOf(refusal);
  const event = dialect?.triggers.find(({ trigger }) => trigger === refusal.trigger)?.event;
  return (
    <Stack gap={4} align="flex-start" data-refused={refusal.trigger ?? 'integration'}>
      {event !== undefined && (
        <Text size="sm" fw={600}>
          {event}
        </Text>
      )}
      <ProblemAlert error={refusal.error} />
      <Button size="compact-sm" variant="default" onClick={() => onGoTo(step)}>
        {text.change(text.names[step])}
      </Button>
    </Stack>
  );
}
