import { Alert, Button, Group } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Skeletons } from '../parts/skeletons.tsx';
import { docs as text } from './strings.ts';

interface Props<T> {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}

/** What a file of the site shows once it has come. */
export function Loading<T>({ query, children }: Props<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (!query.isError) return <Skeletons />;
  return (
    <Alert color="gray" title={text.failed}>
      <Group>
        {query.error.message}
        <Button size="compact-sm" variant="default" onClick={() => void query.refetch()}>
          {text.again}
        </Button>
      </Group>
    </Alert>
  );
}
