import { Button, Code, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../../../../client/index.ts';
import { api, dataOf } from '../../../api/client.ts';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ProblemAlert } from '../../../parts/problem-alert.tsx';
import type { StepProps } from '../step-props.ts';
import { newIntegration as text } from '../strings.ts';

const QUIET_MS = 400;
const LISTEN = 'npx passwire listen --to http://localhost:3000/webhooks';

/** Where the webhooks go, looked at while it is typed. */
export function EndpointStep({ tenantId, draft, change }: StepProps) {
  const { data: config } = useQuery({
    queryKey: ['console-config'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/console-config', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const demo = config?.demoReceiverUrl ?? undefined;
  const isHttp = /^http:/i.test(draft.url.trim()) && config?.httpAllowed === false;
  return (
    <Stack gap="md">
      <TextInput
        label={text.url}
        description={text.urlHint}
        placeholder="https://hooks.example.com/wallet"
        required
        type="url"
        inputMode="url"
        value={draft.url}
        error={isHttp ? text.onlyHttps : undefined}
        maxLength={2048}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => change({ url: event.currentTarget.value })}
      />
      {demo !== undefined && (
        <Group>
          <Button size="xs" variant="default" onClick={() => change({ url: demo })}>
            {text.useDemo}
          </Button>
        </Group>
      )}
      <Check tenantId={tenantId} draft={draft} />
      {demo === undefined && (
        <Stack gap={6}>
          <Text size="sm" c="dimmed">
            {text.listen}
          </Text>
          <Group gap="sm">
            <Code>{LISTEN}</Code>
            <CopyText value={LISTEN}>{text.copy}</CopyText>
          </Group>
        </Stack>
      )}
    </Stack>
  );
}

function Check({ tenantId, draft: { url, existing, dialect } }: Pick<StepProps, 'tenantId' | 'draft'>) {
  const [wanted] = useDebouncedValue(url.trim(), QUIET_MS);
  const isUrl = /^https?:\/\/[^/?#\s]+/i.test(wanted);
  const check = useQuery({
    queryKey: ['endpoint-check', tenantId, wanted, existing?.id, dialect],
    queryFn: ({ signal }) => {
      const body = { url: wanted, ...(existing ? { integrationId: existing.id } : dialect && { dialect }) };
      return dataOf(api.POST('/v1/endpoints/check', { params: { query: { tenantId } }, body, signal }));
    },
    enabled: isUrl,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  if (!isUrl) return null;
  if (check.error) return <ProblemAlert error={check.error} onRetry={() => void check.refetch()} />;
  const isOld = check.isPlaceholderData || wanted !== url.trim();
  return (
    <div role="status" aria-busy={isOld} data-testid="endpoint-check" style={{ opacity: isOld ? 0.6 : 1 }}>
      {check.data ? <Result check={check.data} /> : <Text size="sm">{text.checking}</Text>}
    </div>
  );
}

function Result({ check: { text: said, allowed, problems, subscriptions } }: { readonly check: Schemas['EndpointCheck'] }) {
  const names = [...new Set(subscriptions.map(({ integration, integrationId }) => integration ?? integrationId))];
  return (
    <Stack gap={6}>
      {allowed && <Text size="sm">{said}</Text>}
      {problems.length > 0 && (
        <>
          {!allowed && <Text size="sm">{text.refused}</Text>}
          {!allowed && (
            <List size="sm">
              {problems.map((problem) => (
                <List.Item key={problem}>{problem}</List.Item>
              ))}
            </List>
          )}
        </>
      )}
      {names.length > 0 && <Text size="sm">{text.twice(names.join(', '))}</Text>}
    </Stack>
  );
}
