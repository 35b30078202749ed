import { Group, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { shell } from '../strings/shell.ts';

let isFirstPage = true;

interface Props {
  readonly children: string;
  /** Buttons at its right. */
  readonly actions?: ReactNode;
}

/** The one `h1` of a page. It gets the focus after navigation, so that a screen reader reads where one has come to. */
export function PageTitle({ children, actions }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${children} · ${shell.product}`;
  }, [children]);
  useEffect(() => {
    // the browser's own start of the document, or a field that the page has focused by itself
    if (!isFirstPage && document.activeElement === document.body) heading.current?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  return (
    <Group justify="space-between" gap="sm" mb="sm">
      <Title order={1} ref={heading} tabIndex={-1}>
        {children}
      </Title>
      {actions && <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
