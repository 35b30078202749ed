import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { ApiError, isUnreachable } from '../api/api-error.ts';
import { parts as text } from '../strings/parts.ts';
import { Id } from './id.tsx';

interface Props {
  readonly error: unknown;
  /** Absent: it is of no use to try again. */
  readonly onRetry?: () => void;
}

/** What the API refused or why a part of the page failed: title, detail, request id, and a way to try again. */
export function ProblemAlert({ error, onRetry }: Props) {
  // the dialog of the session lies over the page and says it
  if (error instanceof ApiError && error.status === 401) return null;
  const { title, detail, requestId, errors } = described(error);
  const retryAfterMs = error instanceof ApiError && error.status >= 500 ? error.retryAfterMs : undefined;
  return (
    <Alert
      role="alert"
      variant="outline"
      color="gray"
      icon={<IconAlertTriangle aria-hidden color="var(--bad-mark)" />}
      title={title}
      data-testid="problem"
    >
      <Stack gap={6} align="flex-start">
        {errors.length > 1 ? (
          <List size="sm">
            {errors.map(({ pointer, detail: what }) => (
              <List.Item key={`${pointer} ${what}`}>
                <code>{pointer}</code> {what}
              </List.Item>
            ))}
          </List>
        ) : (
          <Text size="sm">{detail}</Text>
        )}
        <Group gap="sm">
          {onRetry && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
              {text.tryAgain}
            </Button>
          )}
          {onRetry && retryAfterMs !== undefined && <Countdown key={String(error)} ms={retryAfterMs} onEnd={onRetry} />}
          {requestId !== '' && (
            <Group gap={4}>
              <Text size="xs" c="dimmed">
                {text.requestId}
              </Text>
              <Id value={requestId} />
            </Group>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}

function Countdown({ ms, onEnd }: { readonly ms: number; readonly onEnd: () => void }) {
  const [endsAt] = useState(() => performance.now() + ms);
  const [leftMs, setLeftMs] = useState(ms);
  useEffect(() => {
    const timer = setInterval(() => {
      const left = endsAt - performance.now();
      setLeftMs(Math.max(0, left));
      if (left > 0) return;
      clearInterval(timer);
      onEnd();
    }, 1000);
    return () => clearInterval(timer);
  }, [endsAt, onEnd]);
  return (
    <Text size="sm" c="dimmed">
      {text.tryingAgainIn(leftMs)}
    </Text>
  );
}

function described(error: unknown) {
  if (error instanceof ApiError) {
    const { title, detail, requestId, errors = [] } = error.problem;
    return { title, detail, requestId, errors };
  }
  if (isUnreachable(error)) return { title: text.unreachableTitle, detail: text.unreachable, requestId: '', errors: [] };
  const detail = error instanceof Error ? error.message : String(error);
  return { title: text.failedTitle, detail, requestId: '', errors: [] };
}
