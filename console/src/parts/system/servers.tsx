import { Card, Group, Stack, Text, Title } from '@mantine/core';
import { type KnownReadiness, useReadiness } from '../../api/readiness.ts';
import { showTime } from '../../format/time.ts';
import { usePreferences } from '../../preferences.ts';
import { system } from '../../strings/system.ts';
import { toneVariable } from '../../theme/meanings.ts';
import { Loaded } from '../loaded.tsx';
import { ToneBadge } from '../tone.tsx';

const text = system.servers;
const PARTS = ['postgres', 'redis', 'encryptionKeys'] as const;
const MEANS: Readonly<Partial<Record<(typeof PARTS)[number], string>>> = {
  postgres: text.postgresMeans,
  redis: text.redisMeans,
};

/** Postgres, Redis and the encryption keys: whether each works, since when not, and what still does. */
export function Servers() {
  return (
    <Card component="section" withBorder p="md" aria-label={text.title}>
      <Title order={2} mb="xs">
        {text.title}
      </Title>
      <Loaded query={useReadiness()} rows={3}>
        {(known) => (
          <Stack gap="xs">
            {PARTS.map((part) => (
              <Server key={part} part={part} known={known} />
            ))}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

interface ServerProps {
  readonly part: (typeof PARTS)[number];
  readonly known: KnownReadiness;
}

function Server({ part, known: { readiness, redisDownSince } }: ServerProps) {
  const { zone } = usePreferences();
  const { ok, detail } = readiness.parts[part];
  const since = part === 'redis' && redisDownSince ? text.since(showTime(redisDownSince, zone)) : undefined;
  return (
    <div
      data-testid={part}
      style={ok ? undefined : { borderLeft: `3px solid var(${toneVariable('bad', 'mark')})`, paddingLeft: 10 }}
    >
      <Group gap="xs">
        <Text fw={600} size="sm">
          {text[part]}
        </Text>
        <ToneBadge meaning={ok ? 'good' : 'bad'}>{ok ? text.works : text.fails}</ToneBadge>
        {since && <Text size="sm">{since}</Text>}
      </Group>
      {!ok && (
        <Text size="sm">
          {detail}. {MEANS[part]}
        </Text>
      )}
    </div>
  );
}
