import { Button, Code, Stack, Text } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError, isUnreachable } from '../api/api-error.ts';
import { PageTitle } from '../parts/page-title.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { shell as text } from '../strings/shell.ts';

/** In the place of a page that could not be rendered; navigation and the other pages still work. */
export function PageFailed({ error, reset }: ErrorComponentProps) {
  useEffect(() => {
    console.error(error);
  }, [error]);
  const isAnswer = error instanceof ApiError || isUnreachable(error);
  return (
    <>
      <PageTitle>{text.failedTitle}</PageTitle>
      {isAnswer ? (
        <ProblemAlert error={error} onRetry={reset} />
      ) : (
        <Stack align="flex-start" maw={640}>
          <Text>{text.failed}</Text>
          <Code block>{String(error)}</Code>
          <Button variant="default" onClick={reset}>
            {text.tryAgain}
          </Button>
        </Stack>
      )}
    </>
  );
}
