import { Card, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { parts as text } from '../strings/parts.ts';
import classes from './figure.module.css';
import { PageLink, type Target } from './page-link.tsx';

interface Props {
  readonly label: string;
  /** Undefined: it cannot be known now, which is not zero. */
  readonly value: string | undefined;
  /** What it is about, its period, what it leaves out. */
  readonly note?: ReactNode;
  /** The list behind it. */
  readonly target?: Target;
  /** The one number of the page. */
  readonly isBig?: boolean;
}

/** A number with its name. */
export function Figure({ label, value, note, target, isBig = false }: Props) {
  const shown = value ?? text.unknown;
  return (
    <Card withBorder p="sm" className={classes.figure} data-big={isBig || undefined} data-testid="figure">
      <Text size="sm" c="dimmed" component="div" className={classes.label}>
        {label}
      </Text>
      <div
        className={classes.value}
        data-testid="value"
        data-big={isBig || undefined}
        data-unknown={value === undefined || undefined}
      >
        {target && value !== undefined ? (
          <PageLink target={target} c="inherit" underline="hover">
            {shown}
          </PageLink>
        ) : (
          shown
        )}
      </div>
      {note && (
        <Text size="xs" c="dimmed" component="div">
          {note}
        </Text>
      )}
    </Card>
  );
}

/** Numbers beside each other; two in a row on phones. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      {children}
    </SimpleGrid>
  );
}
