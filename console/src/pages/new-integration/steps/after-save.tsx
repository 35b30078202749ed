import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../../client/index.ts';
import { api, dataOf } from '../../../api/client.ts';
import { CopyText } from '../../../parts/copy-text.tsx';
import { Explained } from '../../../parts/explained.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { ProblemAlert } from '../../../parts/problem-alert.tsx';
import { useGo } from '../../../router/use-go.ts';
import { type Dialect, type Draft, triggersOf } from '../draft.ts';
import type { Saved } from '../save.ts';
import { newIntegration as text } from '../strings.ts';

interface Props {
  readonly tenantId: string;
  readonly dialect: Dialect;
  readonly draft: Draft;
  readonly saved: Saved;
}

/** The secret once, a test of each trigger with its answer, and the first real event. */
export function AfterSave({ tenantId, dialect, draft, saved }: Props) {
  const go = useGo();
  const made = triggersOf(draft, dialect).flatMap(({ trigger, event }) => {
    const subscription = saved.subscriptions[trigger];
    return subscription ? [{ event, subscription }] : [];
  });
  return (
    <Stack gap="xl">
      {saved.integration && <Secrets secrets={saved.integration.secrets} />}
      <Stack gap="sm" component="section" aria-label={text.tests}>
        <Title order={2}>{text.tests}</Title>
        <Text size="sm">{text.testsLead}</Text>
        {made.map(({ event, subscription }) => (
          <Test key={subscription.id} event={event} subscription={subscription} />
        ))}
      </Stack>
      <RealEvent
        tenantId={tenantId}
        events={made.map(({ event }) => event)}
        subscriptions={made.map(({ subscription }) => subscription)}
      />
      <Group>
        <Button onClick={() => go({ to: '/deliveries' })}>{text.finish}</Button>
      </Group>
    </Stack>
  );
}

function Secrets({ secrets }: { readonly secrets: readonly Schemas['Secret'][] }) {
  return (
    <Stack gap="sm" component="section" aria-label={text.secrets}>
      <Title order={2}>{text.secrets}</Title>
      {secrets.map(({ id, kind, value, publicKey }) => (
        <Stack key={id} gap={4}>
          <Text size="sm" fw={600}>
            {text.secretKinds[kind]}
          </Text>
          <Group gap="sm" align="flex-start">
            <Code block maw="100%" data-testid={`secret-${kind}`}>
              {value ?? publicKey}
            </Code>
            <CopyText value={value ?? publicKey ?? ''}>{text.copy}</CopyText>
          </Group>
        </Stack>
      ))}
      <Text size="sm">{text.secretOnce}</Text>
    </Stack>
  );
}

function Test({ event, subscription: { id } }: { readonly event: string; readonly subscription: Schemas['Subscription'] }) {
  const test = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/subscriptions/{id}/test', { params: { path: { id }, query: { wait: 'true' } }, body: {} })),
  });
  const { data } = test;
  const delivery = data && 'attempts' in data ? data : undefined;
  return (
    <Stack gap="xs" align="flex-start" data-test={event}>
      <Button variant="default" size="sm" onClick={() => test.mutate()} loading={test.isPending}>
        {text.sendTest(event)}
      </Button>
      <div role="status">
        {test.isPending && <Text size="sm">{text.testing}</Text>}
        {data && !delivery && <Text size="sm">{text.testOpen}</Text>}
        {delivery && <Result delivery={delivery} />}
      </div>
      {test.error && <ProblemAlert error={test.error} />}
    </Stack>
  );
}

function Result({ delivery }: { readonly delivery: Schemas['DeliveryWithAttempts'] }) {
  const outcome = delivery.attempts.at(-1)?.outcome;
  const link = <PageLink target={{ to: '/deliveries/$id', params: { id: delivery.id } }}>{text.seeDelivery}</PageLink>;
  const answer = outcome?.kind === 'response' ? outcome : undefined;
  return (
    <Stack gap={4}>
      {delivery.state === 'succeeded' && answer ? (
        <Text size="sm" fw={600}>
          {text.first} {text.testDelivered(answer.status, answer.timings.totalMs)}
        </Text>
      ) : (
        <Explained>{delivery.explanation.text}</Explained>
      )}
      {answer && firstLines(answer) !== '' && (
        <Code block aria-label={text.answer}>
          {firstLines(answer)}
        </Code>
      )}
      <Text size="sm">{link}</Text>
    </Stack>
  );
}

const LINES = 5;

function firstLines({ body }: { readonly body?: { readonly text: string } | null | undefined }): string {
  return (body?.text ?? '').split('\n').slice(0, LINES).join('\n').slice(0, 1000);
}

const LOOK_MS = 3000;

interface RealEventProps {
  readonly tenantId: string;
  readonly events: readonly string[];
  readonly subscriptions: readonly Schemas['Subscription'][];
}

function RealEvent({ tenantId, events, subscriptions }: RealEventProps) {
  const ids = subscriptions.map(({ id }) => id);
  const { data: came } = useQuery({
    queryKey: ['deliveries', tenantId, 'first of', ids],
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(
        ids.map((subscriptionId) => {
          const query = { tenantId, subscriptionId, test: 'false' as const, limit: 1 };
          return dataOf(api.GET('/v1/deliveries', { params: { query }, signal }));
        }),
      );
      return lists.flatMap(({ data }) => data).at(0) ?? null;
    },
    refetchInterval: ({ state }) => (state.data ? false : LOOK_MS),
  });
  return (
    <Stack gap="xs" component="section" aria-label={text.real}>
      <Title order={2}>{text.real}</Title>
      <Text size="sm">{text.realLead(events)}</Text>
      <Text size="sm" role="status" data-testid="real-event">
        {came ? (
          <>
            {text.realCame(came.trigger)}{' '}
            <PageLink target={{ to: '/deliveries/$id', params: { id: came.id } }}>{text.seeDelivery}</PageLink>
          </>
        ) : (
          text.realWaiting
        )}
      </Text>
    </Stack>
  );
}
