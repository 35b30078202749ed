import { NumberInput, Stack, Text, TextInput, Timeline, Title } from '@mantine/core';
import type { Schemas } from '../../../../client/index.ts';
import { showDuration } from '../../format/time.ts';
import { Loaded } from '../../parts/loaded.tsx';
import { IntegrationForm } from './integration-form.tsx';
import { useDialect } from './options-tab.tsx';
import { integration } from './strings.ts';
import { readWaits, showWait, showWaits } from './waits.ts';

const text = integration.policy;
type Integration = Schemas['Integration'];
type Policy = Schemas['DeliveryPolicy'];

const membersOf = ({ policy }: Integration) => ({
  timeoutMs: policy.timeoutMs ?? null,
  waits: showWaits(policy.retryDelaysMs),
});

/** When a delivery counts as succeeded or failed, and when it is tried again: as a timeline, and what may be changed of it. */
export function PolicyTab(props: { readonly integration: Integration }) {
  const dialect = useDialect(props.integration.dialect);
  return (
    <Loaded query={dialect}>
      {(described) => {
        const vendor = policyOf(described, props.integration.options);
        return (
          <Stack gap="lg">
            <Codes policy={vendor} />
            <IntegrationForm
              integration={props.integration}
              membersOf={membersOf}
              toPatch={patchOf}
              isValid={({ waits }) => readWaits(waits) !== null}
            >
              {(mine, change, isReadOnly) => (
                <>
                  <Tries waits={readWaits(mine.waits) ?? vendor.retryDelaysMs} />
                  <NumberInput
                    label={text.timeout}
                    description={text.timeoutHint(vendor.timeoutMs / 1000)}
                    value={mine.timeoutMs === null ? '' : mine.timeoutMs / 1000}
                    min={0.1}
                    max={30}
                    hideControls
                    readOnly={isReadOnly}
                    onChange={(value) =>
                      change({ ...mine, timeoutMs: typeof value === 'number' ? Math.round(value * 1000) : null })
                    }
                  />
                  <TextInput
                    label={text.waits}
                    description={text.waitsHint}
                    placeholder={showWaits(vendor.retryDelaysMs)}
                    value={mine.waits}
                    error={readWaits(mine.waits) === null && text.waitsWrong}
                    readOnly={isReadOnly}
                    spellCheck={false}
                    autoComplete="off"
                    onChange={(event) => change({ ...mine, waits: event.currentTarget.value })}
                  />
                </>
              )}
            </IntegrationForm>
          </Stack>
        );
      }}
    </Loaded>
  );
}

function patchOf({ timeoutMs, waits }: Partial<ReturnType<typeof membersOf>>): Schemas['IntegrationPatch'] {
  const read = waits === undefined ? undefined : readWaits(waits);
  return {
    policy: {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(waits !== undefined && { retryDelaysMs: read ? [...read] : null }),
    },
  };
}

/** The policy of the dialect with the options of the integration. */
function policyOf({ policy, optionEffects }: Schemas['Dialect'], options: Integration['options']): Policy {
  const effects = optionEffects.filter(({ pointer, value }) => {
    const [, part, name = ''] = pointer.split('/');
    return part === 'options' && options[name] === value;
  });
  return effects.reduce((current, effect) => effect.policy ?? current, policy);
}

function Codes({ policy: { success, permanent } }: { readonly policy: Policy }) {
  return (
    <Stack gap={4}>
      {[text.success(codesOf(success)), text.permanent(codesOf(permanent)), text.else].map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Stack>
  );
}

function codesOf(ranges: Policy['success']): string {
  return ranges
    .map(({ from, to, except = [] }) => {
      const range = from === to ? String(from) : `${from} to ${to}`;
      return except.length === 0 ? range : text.except(range, except.join(', '));
    })
    .join(', ');
}

function Tries({ waits }: { readonly waits: readonly number[] }) {
  let sinceMs = 0;
  const tries = waits.map((wait, index) => {
    sinceMs += wait;
    return { number: index + 2, wait, sinceMs };
  });
  return (
    <section aria-labelledby="tries">
      <Title order={2} id="tries" mb="sm">
        {text.tries}
      </Title>
      <Timeline bulletSize={16} lineWidth={2} active={tries.length}>
        <Timeline.Item title={`${text.try(1)}, ${text.first}`} />
        {tries.map(({ number, wait, sinceMs: since }) => (
          <Timeline.Item key={number} title={`${text.try(number)}, ${text.after(showWait(wait))}`}>
            <Text size="xs" c="dimmed">
              {text.sinceFirst(showDuration(since))}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
      <Text size="sm" c="dimmed" mt="sm">
        {tries.length === 0 ? text.none : text.varies}
      </Text>
    </section>
  );
}
