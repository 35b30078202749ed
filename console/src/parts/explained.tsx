import { Box } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './parts.module.css';

/** A paragraph of words: what happened, why, what happens next and what a person can do. It stands before the raw data. */
export function Explained({ children }: { readonly children: ReactNode }) {
  return (
    <Box component="p" m={0} className={classes.explained}>
      {children}
    </Box>
  );
}
