import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { parts as text } from '../strings/parts.ts';
import classes from './parts.module.css';

/** Shows its content after 200 ms. */
export function Late({ children }: { readonly children: ReactNode }) {
  return <div className={classes.late}>{children}</div>;
}

/** Lines where text or rows will be. */
export function Skeletons({ rows = 5, height = 28 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <Late>
      <VisuallyHidden role="status">{text.loading}</VisuallyHidden>
      <Stack gap={8} aria-hidden data-testid="skeletons">
        {Array.from({ length: rows }, (_, row) => (
          <Skeleton key={String(row)} height={height} radius="sm" />
        ))}
      </Stack>
    </Late>
  );
}
