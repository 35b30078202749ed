import { Badge, Checkbox, Stack, Text, Title } from '@mantine/core';
import { OptionsForm } from '../../../parts/options/options-form.tsx';
import { triggers as names, TRIGGERS } from '../../../strings/triggers.ts';
import type { Dialect, Trigger } from '../draft.ts';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';

/** What triggers a webhook, in the vendor's words. */
export function TriggersStep({ dialect, draft, change }: StepProps) {
  if (!dialect) return null;
  const ofKind = (kind: 'pass' | 'operational') => dialect.triggers.filter((one) => one.kind === kind);
  const operational = ofKind('operational');
  const lacking = TRIGGERS.filter(
    (trigger) => trigger.startsWith('pass.') && !dialect.triggers.some((one) => one.trigger === trigger),
  );
  return (
    <Stack gap="md">
      <Choices label={text.triggers} triggers={ofKind('pass')} draft={draft} change={change} />
      {operational.length > 0 && <Choices label={text.operational} triggers={operational} draft={draft} change={change} />}
      {lacking.length > 0 && (
        <Text size="sm" c="dimmed">
          {text.lacks(
            dialect.label,
            lacking.map((trigger) => names[trigger]),
          )}
        </Text>
      )}
      <Checkbox
        label={text.ordered}
        description={text.orderedHint}
        checked={draft.isOrdered}
        onChange={(event) => change({ isOrdered: event.currentTarget.checked })}
      />
      {Object.keys((dialect.subscriptionOptions as { properties?: object }).properties ?? {}).length > 0 && (
        <Title order={2} size="h5">
          {text.subscriptionOptions}
        </Title>
      )}
      <OptionsForm
        schema={dialect.subscriptionOptions}
        options={draft.subscriptionOptions}
        onChange={(subscriptionOptions) => change({ subscriptionOptions })}
      />
    </Stack>
  );
}

interface ChoicesProps extends Pick<StepProps, 'draft' | 'change'> {
  readonly label: string;
  readonly triggers: Dialect['triggers'];
}

function Choices({ label, triggers, draft, change }: ChoicesProps) {
  const others = draft.triggers.filter((trigger) => !triggers.some((one) => one.trigger === trigger));
  return (
    <Checkbox.Group
      label={label}
      value={[...draft.triggers]}
      onChange={(chosen) => change({ triggers: [...new Set([...others, ...(chosen as Trigger[])])] })}
    >
      <Stack gap="sm" mt={4}>
        {triggers.map(({ trigger, event, description, deprecated }) => (
          <Checkbox
            key={trigger}
            value={trigger}
            label={
              <>
                {event}{' '}
                {deprecated !== null && (
                  <Badge variant="outline" color="gray">
                    {text.deprecated}
                  </Badge>
                )}
              </>
            }
            description={
              <>
                <code>{trigger}</code> {description} {deprecated}
              </>
            }
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
