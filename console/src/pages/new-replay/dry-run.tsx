import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Time } from '../../parts/time.tsx';
import { Counts } from './counts.tsx';
import { missingOf, type Source } from './source.ts';
import { Start } from './start.tsx';
import { newReplay as text } from './strings.ts';
import { type Mode, useDryRun } from './use-dry-run.ts';

interface Props {
  readonly tenantId: string;
  readonly source: Source;
  readonly mode: Mode;
  readonly rate: number | undefined;
  readonly name: string;
}

/** What would be sent, and below it the button that sends exactly that. */
export function DryRun({ tenantId, source, mode, rate, name }: Props) {
  const dryRun = useDryRun(tenantId, source, mode);
  const [before, setBefore] = useState<number>();
  const missing = missingOf(source);
  const { data, error, isFetching, refetch, dataUpdatedAt } = dryRun;
  const expiredAfterMs = useExpiry(data, dataUpdatedAt);
  const again = (): void => {
    setBefore(undefined);
    void refetch();
  };
  return (
    <section aria-labelledby="dry-run" data-testid="dry-run">
      <Group justify="space-between" mb="xs">
        <Group gap={6} align="baseline">
          <Title order={2} id="dry-run">
            {text.dryRun}
          </Title>
          {data && missing === undefined && <Time at={data.frozenAt} />}
        </Group>
        {missing === undefined && (
          <Button size="xs" variant="default" loading={isFetching} onClick={again}>
            {text.again}
          </Button>
        )}
      </Group>
      {missing !== undefined ? (
        <Text size="sm">{text.missing[missing]}</Text>
      ) : (
        <Stack gap="md" aria-live="polite">
          {error && <ProblemAlert error={error} onRetry={again} />}
          {!data && !error && <Text size="sm">{text.counting}</Text>}
          {data && before !== undefined && !isFetching && (
            <Alert color="gray" variant="outline" title={text.outdated}>
              {text.outdatedText(before, data.count)}
            </Alert>
          )}
          {data && !error && <Counts tenantId={tenantId} source={source} counted={data} rate={rate} />}
          {data?.confirmToken && expiredAfterMs !== undefined && <Text size="sm">{text.expired(expiredAfterMs)}</Text>}
          {data?.confirmToken && expiredAfterMs === undefined && !error && (
            <Start
              key={data.confirmToken}
              tenantId={tenantId}
              source={source}
              counted={{ ...data, confirmToken: data.confirmToken }}
              isCounting={isFetching}
              rate={rate}
              name={name}
              onOutdated={() => {
                setBefore(data.count);
                void refetch();
              }}
            />
          )}
        </Stack>
      )}
    </section>
  );
}

/** The life of a dry run's token once it is over, by this page's own clock; undefined while it is good. */
function useExpiry(
  counted: { readonly frozenAt: string; readonly expiresAt: string } | undefined,
  readAtMs: number,
): number | undefined {
  const [expiredAt, setExpiredAt] = useState<number>();
  const lifeMs = counted && Date.parse(counted.expiresAt) - Date.parse(counted.frozenAt);
  useEffect(() => {
    if (lifeMs === undefined) return undefined;
    const timer = setTimeout(() => setExpiredAt(readAtMs), lifeMs);
    return () => clearTimeout(timer);
  }, [lifeMs, readAtMs]);
  return expiredAt === readAtMs ? lifeMs : undefined;
}
