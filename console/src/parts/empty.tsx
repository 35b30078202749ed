import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do about it: a button or a link. */
  readonly action?: ReactNode;
  readonly icon?: ReactNode;
}

/** What stands in the place of data that are not there: why, and the next step. */
export function Empty({ title, children, action, icon }: Props) {
  return (
    <Stack align="flex-start" gap="xs" py="xl" maw={560} data-testid="empty">
      {icon}
      <Title order={2}>{title}</Title>
      {children && (
        <Text component="div" size="sm" c="dimmed">
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}
