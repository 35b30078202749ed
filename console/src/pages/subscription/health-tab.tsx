import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Schemas } from '../../../../client/index.ts';
import { api, dataOf } from '../../api/client.ts';
import { AttemptsChart } from '../../parts/attempts-chart.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { PageLink } from '../../parts/page-link.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { charted, useStatistics } from '../../parts/use-statistics.ts';
import { useCan } from '../../session/me.ts';
import { subscription as text } from './strings.ts';

type Props = { readonly subscription: Schemas['Subscription'] };

/** Does it arrive? The last day, and a test with its answer. */
export function HealthTab({ subscription }: Props) {
  const { id, tenantId, event } = subscription;
  const statistics = useStatistics('24h', { tenantId, subscriptionId: id });
  return (
    <Stack gap="md">
      <SendTest subscription={subscription} />
      <Loaded query={statistics}>
        {(answer) =>
          answer.groups.length === 0 ? (
            <Text size="sm">{text.none(event)}</Text>
          ) : (
            <AttemptsChart statistics={charted(answer, '24h', statistics.dataUpdatedAt)} filter={{ subscriptionId: id }} />
          )
        }
      </Loaded>
    </Stack>
  );
}

function SendTest({ subscription: { id } }: Props) {
  const can = useCan();
  const test = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/v1/subscriptions/{id}/test', { params: { path: { id }, query: { wait: 'true' as never } }, body: {} }),
      ),
  });
  if (!can('testSubscription')) return null;
  const { data } = test;
  const attempt = data && 'attempts' in data ? data.attempts.at(-1) : undefined;
  const deliveryId = data && ('deliveryId' in data ? data.deliveryId : data.id);
  return (
    <Stack gap="xs">
      <Group>
        <Button loading={test.isPending} onClick={() => test.mutate()}>
          {text.test}
        </Button>
        {data && (
          <Text size="sm" role="status">
            {attempt ? text.tested(attempt.outcome.kind === 'response' ? attempt.outcome.status : null) : text.waiting}{' '}
            <PageLink target={{ to: '/deliveries/$id', params: { id: deliveryId ?? '' } }}>{text.openTest}</PageLink>
          </Text>
        )}
      </Group>
      {test.error && <ProblemAlert error={test.error} />}
    </Stack>
  );
}
